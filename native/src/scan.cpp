// The k rows of a matrix nearest to each query, exactly: a float32 score with a bound on its error says which
// rows may be among them, and those are scored in float64 as a plain loop would.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>

#include <atomic>

#include "scan_rows.h"
#include "shim.h"

namespace csn {
namespace {

constexpr double unit = 0x1p-24;  // of the rounding of a float32
constexpr double no_limit = std::numeric_limits<double>::infinity();
constexpr float no_float_limit = std::numeric_limits<float>::infinity();

// Bytes of rows that are scored at a time: they stay in a core's cache for all queries.
constexpr int64_t chunk_bytes = 1 << 18;
constexpr int64_t most_rows = 4096;
// From so many queries on a matrix product is faster than rows one by one.
constexpr int64_t fewest_for_product = 12;
// Queries in one product, so that its scores stay in a core's cache too.
constexpr int64_t product_queries = 128;

// Runs `work` once on each of libtorch's threads. By an iterator, because its loops run on all of them.
void on_all_threads(const std::function<void(int64_t)> &work) {
  at::Tensor numbers = at::arange(at::get_num_threads(), at::kLong);
  auto each = at::TensorIteratorConfig()
                  .check_all_same_dtype(false)
                  .resize_outputs(false)
                  .add_owned_output(numbers)
                  .build();
  each.for_each([&](char **data, const int64_t *strides, int64_t count) {
    for (int64_t i = 0; i < count; ++i) work(*reinterpret_cast<const int64_t *>(data[0] + i * strides[0]));
  }, /*grain_size=*/1);
}

struct Matrix {
  at::Tensor rows;    // float32 or float16 [N, D]: what is exact
  at::Tensor codes;   // int8 [N, D] or undefined: times `scales` within half a scale of it
  at::Tensor scales;  // float32 [D]
  int64_t count() const { return rows.size(0); }
  int64_t dimension() const { return rows.size(1); }
  bool is_half() const { return rows.scalar_type() == at::kHalf; }
  bool is_coded() const { return codes.defined(); }
  const float *floats(int64_t row) const { return rows.const_data_ptr<float>() + row * dimension(); }
  const uint16_t *halves(int64_t row) const {
    return static_cast<const uint16_t *>(rows.const_data_ptr()) + row * dimension();
  }
  double exact(const Score &score, const float *query, int64_t row) const {
    return is_half() ? score.exact(query, halves(row)) : score.exact(query, floats(row));
  }
};

float rounded_up(double value) {
  return value == no_limit ? no_float_limit : std::nextafter(static_cast<float>(value), no_float_limit);
}

double square(double value) { return value * value; }

// How far the float32 score of a row may be from the exact one.
struct Bound {
  Bound(const Score &score, const Blocks &blocks, const Matrix &matrix)
      : rest(score.rest),
        shift(score.shift),
        relative((static_cast<double>(blocks.count()) + 32) * unit),
        product((static_cast<double>(blocks.dimension + blocks.count()) + 40) * unit),
        is_signed(score.is_signed) {
    for (int64_t d = 0; d < score.dimension(); ++d) {
      if (score.sizes[d] == 0) continue;
      can_tell = can_tell && score.sizes[d] > 1e-30 && score.sizes[d] < 1e30;
      tiny += 1e-37 * (1 + score.sizes[d]);
      if (!matrix.is_coded()) continue;
      // Half a step, and the rounding of the product with the scale.
      const double off = (0.5 + 0x1p-10) * std::fabs(matrix.scales.const_data_ptr<float>()[d]);
      step += score.sizes[d] * square(off);
    }
    step = std::sqrt(step);
    doubt = {static_cast<float>(2 * relative), static_cast<float>(1.001 * (step + shift))};
  }

  // Rows whose float32 score is above this are none of the k best, if the last of those scores `last`.
  float most(double last) const {
    if (!can_tell || last == no_limit) return no_float_limit;
    if (is_signed) return rounded_up(last - rest + square(step + shift) + tiny);
    const double distance = without_epsilon(last) + step;
    return rounded_up(square(distance) * (1 + relative) + tiny);
  }

  // The same of scores by a product, which lack `own`, the weighted sum of the query's squares; `size` and
  // `row_size` are the lengths of the query and of the longest row.
  float most_of_product(double last, double own, double size, double row_size) const {
    const double length = size + row_size, doubtful = product * square(length) + tiny;
    if (!can_tell || last == no_limit || !(doubtful < no_limit)) return no_float_limit;
    const double exact = is_signed ? last - rest + 2 * shift * length : square(without_epsilon(last));
    return rounded_up(exact - own + doubtful);
  }

  // The longest distance, measured without epsilon, of rows that score at most `last` (weights from 0 on).
  double without_epsilon(double last) const {
    return shift + std::sqrt(square(shift) + std::max(0.0, last) + tiny);
  }

  double rest, shift, relative, product, tiny = 0, step = 0;
  bool is_signed, can_tell = true;
  Doubt doubt;
};

struct Request {
  Matrix matrix;
  Score score;
  const float *queries;  // [count, D]
  int64_t count;
  const uint8_t *keep;  // [N] or null
  size_t k;
};

// A scan on all threads; each takes the next chunk of rows when it has done one, so that one that is kept
// waiting by another program does not keep the others.
class Scan {
 public:
  explicit Scan(const Request &request)
      : request_(request),
        matrix_(request.matrix),
        blocks_(request.score, matrix_.is_coded() ? matrix_.scales.const_data_ptr<float>() : nullptr),
        size_blocks_(blocks_.of_sizes()),
        bound_(request.score, blocks_, matrix_),
        chunk_(chunk_rows()) {
    for (int64_t q = 0; q < request.count; ++q) ordered_.push_back(blocks_.query_of(query(q)));
  }

  // [count] lists, each the best first.
  std::vector<std::vector<Hit>> run() {
    const bool is_product = request_.count >= fewest_for_product && matrix_.dimension() > 0;
    if (is_product) prepare_product();
    std::vector<std::vector<Best>> found(at::get_num_threads());
    on_all_threads([&](int64_t thread) {
      std::vector<Best> &best = found[thread];
      best.assign(request_.count, Best(request_.k));
      if (is_product) products(best);
      else row_by_row(best);
    });
    std::vector<std::vector<Hit>> hits;
    for (int64_t q = 0; q < request_.count; ++q) {
      Best all(request_.k);
      for (const std::vector<Best> &best : found) {
        if (best.empty()) continue;
        for (const Hit &hit : best[q].hits()) all.add(hit);
      }
      hits.push_back(all.sorted());
    }
    return hits;
  }

 private:
  int64_t chunk_rows() const {
    const int64_t bytes = std::max<int64_t>(1, matrix_.dimension()) * (matrix_.is_half() ? 2 : 4);
    return std::min(most_rows, std::max<int64_t>(64, chunk_bytes / bytes / 64 * 64));
  }

  const float *query(int64_t q) const { return request_.queries + q * matrix_.dimension(); }

  // The next rows that no thread has taken; false when there are none.
  bool take(int64_t &first, int64_t &count) {
    first = next_.fetch_add(chunk_);
    count = std::min(chunk_, matrix_.count() - first);
    return count > 0;
  }

  void row_by_row(std::vector<Best> &best) {
    std::vector<float> scores(chunk_);
    std::vector<float> most(request_.count, no_float_limit);
    for (int64_t first, count; take(first, count);) {
      for (int64_t q = 0; q < request_.count; ++q) {
        score(first, count, ordered_[q].data(), scores.data());
        choose(q, first, count, scores.data(), best[q], most[q], [&](double last) { return bound_.most(last); });
      }
    }
  }

  void score(int64_t first, int64_t count, const float *ordered, float *scores) const {
    const bool is_signed = request_.score.is_signed;
    if (matrix_.is_coded()) {
      const int8_t *const codes = matrix_.codes.const_data_ptr<int8_t>() + first * matrix_.dimension();
      loops().codes(codes, count, blocks_, ordered, bound_.doubt, is_signed, scores);
    } else if (matrix_.is_half()) {
      loops().halves(matrix_.halves(first), count, blocks_, ordered, bound_.doubt, is_signed, scores);
    } else {
      loops().floats(matrix_.floats(first), count, blocks_, ordered, bound_.doubt, is_signed, scores);
    }
  }

  // Scores in float64 what `most` does not exclude, and lowers it.
  template <typename Most>
  void choose(int64_t q, int64_t first, int64_t count, const float *scores, Best &best, float &most, Most most_of) {
    for (int64_t at = 0;; ++at) {
      at = loops().next_within(scores, at, count, most);
      if (at >= count) return;
      const int64_t row = first + at;
      if (request_.keep != nullptr && request_.keep[row] == 0) continue;
      const double exact = matrix_.exact(request_.score, query(q), row);
      if (best.add({exact, static_cast<uint32_t>(row)})) most = most_of(best.last());
    }
  }

  // |q - x|^2 = |q|^2 - 2 q x + |x|^2, weighted.
  void prepare_product() {
    const Score &score = request_.score;
    factors_ = at::zeros({request_.count, matrix_.dimension()}, at::kFloat);
    float *factor = factors_.mutable_data_ptr<float>();
    for (int64_t q = 0; q < request_.count; ++q) {
      double own = 0, size = 0;
      for (int64_t d = 0; d < matrix_.dimension(); ++d) {
        const double value = query(q)[d];
        own += score.squares[d] * value * value;
        size += score.sizes[d] * value * value;
        *factor++ = static_cast<float>(-2 * score.squares[d] * value);
      }
      own_.push_back(own);
      size_.push_back(std::sqrt(size));
    }
  }

  void products(std::vector<Best> &best) {
    const c10::AutoGradMode no_grad(false);
    const int64_t width = matrix_.dimension();
    std::vector<float> widened(matrix_.is_half() ? chunk_ * width : 0), lengths(chunk_), sizes(chunk_);
    const std::vector<float> origin(lanes * (blocks_.count() + 1), 0);
    at::Tensor room = at::empty({std::min(product_queries, request_.count) * chunk_}, at::kFloat);
    for (int64_t first, count; take(first, count);) {
      const float *rows = matrix_.is_half() ? widened.data() : matrix_.floats(first);
      if (matrix_.is_half()) loops().to_floats(matrix_.halves(first), count * width, widened.data());
      loops().floats(rows, count, blocks_, origin.data(), Doubt(), false, lengths.data());
      loops().floats(rows, count, size_blocks_, origin.data(), Doubt(), false, sizes.data());
      const double longest = std::sqrt(static_cast<double>(largest(sizes.data(), count)));
      const at::Tensor some = at::from_blob(const_cast<float *>(rows), {count, width}, at::kFloat).t();
      for (int64_t q = 0; q < request_.count; q += product_queries) {
        const int64_t queries = std::min(product_queries, request_.count - q);
        at::Tensor scores = room.narrow(0, 0, queries * count).view({queries, count});
        at::mm_out(scores, factors_.narrow(0, q, queries), some);
        float *const all = scores.mutable_data_ptr<float>();
        for (int64_t i = 0; i < queries; ++i) {
          choose_product(q + i, first, count, all + i * count, lengths.data(), longest, best[q + i]);
        }
      }
    }
  }

  void choose_product(int64_t q, int64_t first, int64_t count, float *scores, const float *lengths, double longest,
                      Best &best) {
    loops().sum_scores(scores, lengths, count);
    const auto most_of = [&](double last) { return bound_.most_of_product(last, own_[q], size_[q], longest); };
    float most = most_of(best.last());
    choose(q, first, count, scores, best, most, most_of);
  }

  // Of those that are finite: the scores of the others are not, and are not relied upon.
  static float largest(const float *values, int64_t count) {
    float most = 0;
    for (int64_t i = 0; i < count; ++i) most = values[i] > most && std::isfinite(values[i]) ? values[i] : most;
    return most;
  }

  const Request &request_;
  const Matrix &matrix_;
  const Blocks blocks_, size_blocks_;
  const Bound bound_;
  const int64_t chunk_;
  std::vector<std::vector<float>> ordered_;  // queries in the order of the blocks
  std::atomic<int64_t> next_{0};
  // Of the product: [count, D], and of each query the weighted sum of its squares and its length.
  at::Tensor factors_;
  std::vector<double> own_, size_;
};

void check(bool is_right, const std::string &found) {
  if (!is_right) throw std::runtime_error("rows are searched in float32 or float16 [N, D], found " + found);
}

Matrix matrix_of(csn_tensor rows, csn_tensor codes, csn_tensor scales, const float *memory, double count,
                 uint32_t dimension) {
  Matrix matrix;
  const auto n = static_cast<int64_t>(count), d = static_cast<int64_t>(dimension);
  matrix.rows = rows == 0 ? at::from_blob(const_cast<float *>(memory), {n, d}, at::kFloat) : get(rows);
  const auto type = matrix.rows.scalar_type();
  check(matrix.rows.is_cpu() && matrix.rows.is_contiguous() && (type == at::kFloat || type == at::kHalf) &&
            matrix.rows.sizes() == at::IntArrayRef({n, d}) && n < int64_t{1} << 32,
        shape_text(matrix.rows));
  if (codes == 0) return matrix;
  matrix.codes = get(codes);
  matrix.scales = get(scales);
  check(matrix.codes.is_cpu() && matrix.codes.is_contiguous() && matrix.codes.scalar_type() == at::kChar &&
            matrix.codes.sizes() == matrix.rows.sizes(),
        "codes " + shape_text(matrix.codes));
  check(matrix.scales.is_cpu() && matrix.scales.is_contiguous() && matrix.scales.scalar_type() == at::kFloat &&
            matrix.scales.sizes() == at::IntArrayRef({d}),
        "scales " + shape_text(matrix.scales));
  return matrix;
}

}  // namespace
}  // namespace csn

using namespace csn;

int32_t csn_scan(csn_tensor rows, csn_tensor codes, csn_tensor scales, const float *memory, double count,
                 uint32_t dimension, const uint8_t *keep, const float *queries, uint32_t query_count, uint32_t terms,
                 const double *factors, const double *weights, const double *masks, double epsilon, uint32_t k,
                 double *scores, uint32_t *found, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    int32_t each = 0;
    on_executor([&] {
      const c10::AutoGradMode no_grad(false);
      const Request request{matrix_of(rows, codes, scales, memory, count, dimension),
                            Score(terms, factors, weights, masks, epsilon, dimension), queries, query_count, keep, k};
      const std::vector<std::vector<Hit>> hits = Scan(request).run();
      for (size_t q = 0; q < hits.size(); ++q) {
        for (size_t i = 0; i < hits[q].size(); ++i) {
          scores[q * k + i] = hits[q][i].score;
          found[q * k + i] = hits[q][i].row;
        }
      }
      each = hits.empty() ? 0 : static_cast<int32_t>(hits[0].size());
    });
    return each;
  });
}
