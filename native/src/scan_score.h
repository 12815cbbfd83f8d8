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

// What a score is made of: the sum over its terms of factor * sum over d of
// weights[d] * (masks[d] * (q[d] - x[d]) + epsilon)^2, over the dimensions whose weight is not 0.
class Score {
 public:
  // factors [terms]; weights and masks [terms, dimension].
  Score(uint32_t terms, const double *factors, const double *weights, const double *masks, double epsilon,
        int64_t dimension)
      : dimension_(dimension),
        factors_(factors, factors + terms),
        weights_(weights, weights + terms * dimension),
        masks_(masks, masks + terms * dimension),
        epsilon_(epsilon),
        squares(dimension),
        sizes(dimension) {
    double own = 0, own_size = 0;
    for (uint32_t term = 0; term < terms; ++term) {
      for (int64_t d = 0; d < dimension; ++d) {
        const int64_t at = term * dimension + d;
        const double weight = factors[term] * weights[at];
        is_signed = is_signed || weight < 0;
        squares[d] += weight * masks[at] * masks[at];
        sizes[d] += std::fabs(weight) * masks[at] * masks[at];
        own += weight;
        own_size += std::fabs(weight);
      }
    }
    rest = own * epsilon * epsilon;
    shift = std::fabs(epsilon) * std::sqrt(own_size);
  }

  int64_t dimension() const { return dimension_; }

  // In the order of the terms and the dimensions, each step rounded to float64: what a plain loop gives, to
  // the bit.
  template <typename Number>
  double exact(const float *query, const Number *row) const {
    double total = 0;
    for (size_t term = 0; term < factors_.size(); ++term) {
      const double *const weights = weights_.data() + term * dimension_, *const masks = masks_.data() + term * dimension_;
      double sum = 0;
      for (int64_t d = 0; d < dimension_; ++d) {
        if (weights[d] == 0) continue;
        const double t = masks[d] * (static_cast<double>(query[d]) - number_of(row[d])) + epsilon_;
        sum += weights[d] * (t * t);
      }
      total += factors_[term] * sum;
    }
    return total;
  }

 private:
  int64_t dimension_;
  std::vector<double> factors_, weights_, masks_;
  double epsilon_;

 public:
  // But for epsilon the score is the sum of squares[d] * (q[d] - x[d])^2; `sizes` are the same of the terms'
  // sizes, so rows differ only by dimensions where it is not 0.
  std::vector<double> squares, sizes;
  bool is_signed = false;
  // The score differs from that sum by rest, and by at most 2 * shift * sqrt(sum of sizes[d] * (q[d] - x[d])^2).
  double rest = 0, shift = 0;
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
