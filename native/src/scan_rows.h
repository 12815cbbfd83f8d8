// The inner loops of the scan, without libtorch: float32 scores of many rows, which the exact ones are chosen by.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "scan_score.h"

// All that passes such vectors is inlined, so it has no interface between functions that could change.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace csn {

// As many numbers as a cache line holds: one register of AVX-512, two of AVX2, four of SSE or NEON.
constexpr int64_t lanes = 16;
typedef float Lanes __attribute__((vector_size(64)));
typedef int32_t LaneInts __attribute__((vector_size(64)));
typedef uint16_t LaneHalves __attribute__((vector_size(32)));
typedef int8_t LaneCodes __attribute__((vector_size(16)));

#define CSN_INLINE inline __attribute__((always_inline))

template <typename Vector, typename From>
CSN_INLINE Vector loaded(const From *from) {
  Vector vector;
  std::memcpy(&vector, from, sizeof vector);
  return vector;
}

CSN_INLINE Lanes everywhere(float value) { return Lanes{} + value; }

template <typename Vector>
CSN_INLINE Vector bits_of(Lanes value) { return loaded<Vector>(&value); }
CSN_INLINE Lanes floats_of(LaneInts bits) { return loaded<Lanes>(&bits); }

CSN_INLINE float summed(Lanes value) {
  typedef float Half __attribute__((vector_size(32)));
  typedef float Quarter __attribute__((vector_size(16)));
  Half halves[2];
  std::memcpy(halves, &value, sizeof value);
  const Half half = halves[0] + halves[1];
  Quarter quarters[2];
  std::memcpy(quarters, &half, sizeof half);
  const Quarter sum = quarters[0] + quarters[1];
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

// 16 numbers of a row as they lie in memory or in a file.
struct Floats {
  typedef float Number;
  CSN_INLINE static Lanes load(const float *from, const float *) { return loaded<Lanes>(from); }
};

struct Halves {
  typedef uint16_t Number;
  // Their exponent is moved by a multiplication, which makes subnormal ones right too. Infinite ones become
  // finite: at worst a row is left out that is infinitely far.
  CSN_INLINE static Lanes load(const uint16_t *from, const float *) {
    const LaneInts bits = __builtin_convertvector(loaded<LaneHalves>(from), LaneInts);
    const Lanes size = floats_of((bits & 0x7fff) << 13) * 0x1p112f;
    return floats_of(bits_of<LaneInts>(size) | (bits & 0x8000) << 16);
  }
};

struct Codes {
  typedef int8_t Number;
  CSN_INLINE static Lanes load(const int8_t *from, const float *scale) {
    return __builtin_convertvector(__builtin_convertvector(loaded<LaneCodes>(from), LaneInts), Lanes) *
           loaded<Lanes>(scale);
  }
};

// The dimensions that count, 16 beside one another at a time; only these cache lines are read. A block lies
// wholly within a row: the last one of a row whose length is no multiple of 16 overlaps the one before, with
// weights of 0 where that one counts already.
struct Blocks {
  Blocks(const Score &score, const float *scales);

  int64_t count() const { return static_cast<int64_t>(at.size()); }
  std::vector<float> query_of(const float *query) const;  // in the order of the blocks
  // The same dimensions, where sizes count as what is summed.
  Blocks of_sizes() const {
    Blocks blocks = *this;
    blocks.squares = sizes;
    return blocks;
  }

  int64_t dimension;
  std::vector<int64_t> at;  // the first dimension of each
  std::vector<float> squares, sizes, scales;  // [blocks, 16]
};

inline Blocks::Blocks(const Score &score, const float *given) : dimension(score.dimension()) {
  int64_t next = 0;  // dimensions before it have their block
  for (int64_t d = 0; d < dimension; ++d) {
    if (score.sizes[d] == 0 || d < next) continue;
    const int64_t first = std::max<int64_t>(0, std::min(d / lanes * lanes, dimension - lanes));
    at.push_back(first);
    for (int64_t i = first; i < first + lanes; ++i) {
      const bool is_own = i < dimension && i >= next;
      squares.push_back(is_own ? static_cast<float>(score.squares[i]) : 0);
      sizes.push_back(is_own ? static_cast<float>(score.sizes[i]) : 0);
      scales.push_back(given != nullptr && i < dimension ? given[i] : 0);
    }
    next = first + lanes;
  }
}

inline std::vector<float> Blocks::query_of(const float *query) const {
  std::vector<float> ordered;
  for (const int64_t first : at) {
    for (int64_t i = first; i < first + lanes; ++i) ordered.push_back(i < dimension ? query[i] : 0);
  }
  return ordered;
}

// What is computed of a row. Signed: terms of both signs, where the error of the sum may be many times the sum.
struct Sums {
  Lanes sum = {}, size = {};
};

// 16 dimensions of the query and of what they count.
struct Block {
  CSN_INLINE Block(const Blocks &blocks, const float *queries, int64_t number)
      : query(loaded<Lanes>(queries + number * lanes)),
        square(loaded<Lanes>(blocks.squares.data() + number * lanes)),
        size(loaded<Lanes>(blocks.sizes.data() + number * lanes)),
        scales(blocks.scales.data() + number * lanes) {}

  template <typename Load, bool is_signed>
  CSN_INLINE void add(Sums &sums, const typename Load::Number *row) const {
    const Lanes difference = query - Load::load(row, scales);
    const Lanes squared = difference * difference;
    sums.sum += square * squared;
    if (is_signed) sums.size += size * squared;
  }

  Lanes query, square, size;
  const float *scales;
};

// What is known of the error of a row's score: it is at most relative * size + 2 * step * sqrt(size), where size
// is the sum of the terms' sizes.
struct Doubt {
  float relative = 0, step = 0;
};

// The score of a row; of terms of both signs the least that it can be.
template <bool is_signed>
CSN_INLINE float least(const Sums &sums, Doubt doubt) {
  const float sum = summed(sums.sum);
  if (!is_signed) return sum;
  const float size = summed(sums.size);
  return sum - doubt.relative * size - 2 * doubt.step * std::sqrt(size);
}

// Four rows at a time: the sums of one do not wait for those of the others.
template <typename Load, bool is_signed>
CSN_INLINE void score_rows(const typename Load::Number *rows, int64_t count, const Blocks &blocks, const float *query,
                           Doubt doubt, float *scores) {
  const int64_t width = blocks.dimension;
  int64_t row = 0;
  for (; row + 4 <= count; row += 4) {
    Sums a, b, c, d;
    for (int64_t i = 0; i < blocks.count(); ++i) {
      const Block block(blocks, query, i);
      const typename Load::Number *const at = rows + row * width + blocks.at[i];
      block.add<Load, is_signed>(a, at);
      block.add<Load, is_signed>(b, at + width);
      block.add<Load, is_signed>(c, at + 2 * width);
      block.add<Load, is_signed>(d, at + 3 * width);
    }
    scores[row] = least<is_signed>(a, doubt);
    scores[row + 1] = least<is_signed>(b, doubt);
    scores[row + 2] = least<is_signed>(c, doubt);
    scores[row + 3] = least<is_signed>(d, doubt);
  }
  for (; row < count; ++row) {
    Sums sums;
    for (int64_t i = 0; i < blocks.count(); ++i) {
      Block(blocks, query, i).add<Load, is_signed>(sums, rows + row * width + blocks.at[i]);
    }
    scores[row] = least<is_signed>(sums, doubt);
  }
}

// Rows shorter than a block, each copied to where a block can be read.
template <typename Load, bool is_signed>
CSN_INLINE void score_short_rows(const typename Load::Number *rows, int64_t count, const Blocks &blocks,
                                 const float *query, Doubt doubt, float *scores) {
  typename Load::Number padded[lanes] = {};
  for (int64_t row = 0; row < count; ++row) {
    std::memcpy(padded, rows + row * blocks.dimension, blocks.dimension * sizeof padded[0]);
    Sums sums;
    for (int64_t i = 0; i < blocks.count(); ++i) Block(blocks, query, i).add<Load, is_signed>(sums, padded);
    scores[row] = least<is_signed>(sums, doubt);
  }
}

// The first of the scores from `from` on that is not above `most`, or not finite; `count` when there is none.
CSN_INLINE int64_t next_within(const float *scores, int64_t from, int64_t count, float most) {
  constexpr float largest = std::numeric_limits<float>::max();
  const auto is_beyond = [&](float score) { return score > most && score <= largest; };
  int64_t at = from;
  for (; at + lanes <= count; at += lanes) {
    const Lanes some = loaded<Lanes>(scores + at);
    const LaneInts beyond = (some > everywhere(most)) & (some <= everywhere(largest));
    uint64_t parts[8];
    std::memcpy(parts, &beyond, sizeof beyond);
    if ((parts[0] & parts[1] & parts[2] & parts[3] & parts[4] & parts[5] & parts[6] & parts[7]) != ~uint64_t{0}) break;
  }
  while (at < count && is_beyond(scores[at])) ++at;
  return at;
}

template <typename Load>
CSN_INLINE void score_any(const typename Load::Number *rows, int64_t count, const Blocks &blocks, const float *query,
                          Doubt doubt, bool is_signed, float *scores) {
  if (blocks.dimension < lanes) {
    if (is_signed) return score_short_rows<Load, true>(rows, count, blocks, query, doubt, scores);
    return score_short_rows<Load, false>(rows, count, blocks, query, doubt, scores);
  }
  if (is_signed) return score_rows<Load, true>(rows, count, blocks, query, doubt, scores);
  score_rows<Load, false>(rows, count, blocks, query, doubt, scores);
}

CSN_INLINE void sum_scores(float *scores, const float *more, int64_t count) {
  int64_t at = 0;
  for (; at + lanes <= count; at += lanes) {
    const Lanes sum = loaded<Lanes>(scores + at) + loaded<Lanes>(more + at);
    std::memcpy(scores + at, &sum, sizeof sum);
  }
  for (; at < count; ++at) scores[at] += more[at];
}

CSN_INLINE void to_floats(const uint16_t *halves, int64_t count, float *out) {
  int64_t at = 0;
  for (; at + lanes <= count; at += lanes) {
    const Lanes some = Halves::load(halves + at, nullptr);
    std::memcpy(out + at, &some, sizeof some);
  }
  for (; at < count; ++at) out[at] = float_of_half(halves[at]);
}

// The loops compiled for one kind of processor.
struct Loops {
  void (*floats)(const float *, int64_t, const Blocks &, const float *, Doubt, bool, float *);
  void (*halves)(const uint16_t *, int64_t, const Blocks &, const float *, Doubt, bool, float *);
  void (*codes)(const int8_t *, int64_t, const Blocks &, const float *, Doubt, bool, float *);
  int64_t (*next_within)(const float *, int64_t, int64_t, float);
  void (*sum_scores)(float *, const float *, int64_t);
  void (*to_floats)(const uint16_t *, int64_t, float *);
};

#define CSN_LOOPS(NAME, TARGET)                                                                                    \
  TARGET inline void floats_##NAME(const float *rows, int64_t count, const Blocks &blocks, const float *query,     \
                                   Doubt doubt, bool is_signed, float *scores) {                                   \
    score_any<Floats>(rows, count, blocks, query, doubt, is_signed, scores);                                       \
  }                                                                                                                \
  TARGET inline void halves_##NAME(const uint16_t *rows, int64_t count, const Blocks &blocks, const float *query,  \
                                   Doubt doubt, bool is_signed, float *scores) {                                   \
    score_any<Halves>(rows, count, blocks, query, doubt, is_signed, scores);                                       \
  }                                                                                                                \
  TARGET inline void codes_##NAME(const int8_t *rows, int64_t count, const Blocks &blocks, const float *query,     \
                                  Doubt doubt, bool is_signed, float *scores) {                                    \
    score_any<Codes>(rows, count, blocks, query, doubt, is_signed, scores);                                        \
  }                                                                                                                \
  TARGET inline int64_t next_##NAME(const float *scores, int64_t from, int64_t count, float most) {                \
    return next_within(scores, from, count, most);                                                                 \
  }                                                                                                                \
  TARGET inline void sum_##NAME(float *scores, const float *more, int64_t count) { sum_scores(scores, more, count); } \
  TARGET inline void widen_##NAME(const uint16_t *halves, int64_t count, float *out) { to_floats(halves, count, out); } \
  constexpr Loops loops_##NAME = {floats_##NAME, halves_##NAME, codes_##NAME, next_##NAME, sum_##NAME, widen_##NAME};

CSN_LOOPS(any, )
#if defined(__x86_64__)
CSN_LOOPS(avx2, __attribute__((target("avx2"))))
CSN_LOOPS(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
#endif
#undef CSN_LOOPS

// The best that this processor runs.
inline const Loops &loops() {
#if defined(__x86_64__)
  static const Loops &best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
                                 ? loops_avx512
                             : __builtin_cpu_supports("avx2") ? loops_avx2
                                                              : loops_any;
  return best;
#else
  return loops_any;
#endif
}

}  // namespace csn
