// What rows are ordered by, in float64, and the k best of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

namespace csn {

inline float float_of_half(uint16_t half) {
  const uint32_t exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;
  const float size = exponent == 31 ? (fraction == 0 ? std::numeric_limits<float>::infinity()
                                                     : std::numeric_limits<float>::quiet_NaN())
                     : exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                     : std::ldexp(static_cast<float>(fraction | 0x400), static_cast<int>(exponent) - 25);
  return half & 0x8000 ? -size : size;
}

inline double number_of(float number) { return number; }
inline double number_of(uint16_t half) { return float_of_half(half); }

// sum over d of weights[d] * (masks[d] * (q[d] - x[d]) + epsilon)^2, over the dimensions whose weight is not 0.
struct Score {
  Score(const double *given_weights, const double *given_masks, double given_epsilon, int64_t dimension)
      : weights(given_weights, given_weights + dimension),
        masks(given_masks, given_masks + dimension),
        epsilon(given_epsilon) {
    for (int64_t d = 0; d < dimension; ++d) {
      if (weights[d] == 0) continue;
      used.push_back(d);
      is_signed = is_signed || weights[d] < 0;
      if (masks[d] == 0) rest += weights[d] * epsilon * epsilon;
      else sizes += std::fabs(weights[d]);
    }
  }

  int64_t dimension() const { return static_cast<int64_t>(weights.size()); }
  // Whether rows differ by dimension d.
  bool counts(int64_t d) const { return weights[d] != 0 && masks[d] != 0; }

  // In the order of the dimensions, each step rounded to float64: what a plain loop gives, to the bit.
  template <typename Number>
  double exact(const float *query, const Number *row) const {
    double sum = 0;
    for (const int64_t d : used) {
      const double t = masks[d] * (static_cast<double>(query[d]) - number_of(row[d])) + epsilon;
      sum += weights[d] * (t * t);
    }
    return sum;
  }

  std::vector<double> weights, masks;
  double epsilon;
  std::vector<int64_t> used;
  bool is_signed = false;
  double rest = 0;   // what dimensions that do not count add to every score
  double sizes = 0;  // sum of the weights' sizes over those that count
};

struct Hit {
  double score;
  uint32_t row;
};

// Lower scores first, equal ones by position; what is not a number comes last.
inline bool is_before(const Hit &a, const Hit &b) {
  if (std::isnan(a.score) || std::isnan(b.score)) {
    if (std::isnan(a.score) != std::isnan(b.score)) return std::isnan(b.score);
    return a.row < b.row;
  }
  return a.score != b.score ? a.score < b.score : a.row < b.row;
}

// The k best hits so far, the last of them on top.
class Best {
 public:
  explicit Best(size_t k) : k_(k) {}

  // Whether it was good enough.
  bool add(const Hit &hit) {
    if (hits_.size() == k_ && !is_before(hit, hits_.front())) return false;
    if (hits_.size() == k_) {
      std::pop_heap(hits_.begin(), hits_.end(), is_before);
      hits_.pop_back();
    }
    hits_.push_back(hit);
    std::push_heap(hits_.begin(), hits_.end(), is_before);
    return true;
  }

  // A row with a higher score is none of the k best.
  double last() const {
    const bool is_known = hits_.size() == k_ && !std::isnan(hits_.front().score);
    return is_known ? hits_.front().score : std::numeric_limits<double>::infinity();
  }

  const std::vector<Hit> &hits() const { return hits_; }
  std::vector<Hit> sorted() const {
    std::vector<Hit> hits = hits_;
    std::sort(hits.begin(), hits.end(), is_before);
    return hits;
  }

 private:
  size_t k_;
  std::vector<Hit> hits_;
};

}  // namespace csn
