// Images of a pack as a network takes them: rows chosen, mirrored, normalised.
#include <ATen/ATen.h>
#include <ATen/TensorIterator.h>

#include "shim.h"

namespace csn {
namespace {

constexpr int64_t channels = 3;
constexpr int64_t byte_values = 256;

// To a CUDA device without waiting for what it computes: the driver copies small pageable memory aside.
at::Tensor sent(const at::Tensor &small, c10::Device device) { return small.to(device, /*non_blocking=*/!device.is_cpu()); }

at::Tensor three(const double *values, const at::TensorOptions &options) {
  const at::Tensor cpu = at::tensor(at::ArrayRef<double>(values, channels), at::kDouble).to(c10::typeMetaToScalarType(options.dtype()));
  return sent(cpu, options.device()).view({1, channels, 1, 1});
}

// (value / 255 - mean) / std of images [n, 3, H, W], in place.
at::Tensor &normalise(at::Tensor &images, const double *mean, const double *std) {
  return images.div_(255).sub_(three(mean, images.options())).div_(three(std, images.options()));
}

// What becomes of each value of each channel, [3, 256]; computed as images are, so equal to the bit.
at::Tensor normalised_values(const double *mean, const double *std, const at::TensorOptions &options) {
  at::Tensor values = at::arange(byte_values, options).view({byte_values, 1, 1, 1}).repeat({1, channels, 1, 1});
  return normalise(values, mean, std).view({byte_values, channels}).t().contiguous();
}

template <typename Number>
void copy_image(const uint8_t *from, Number *to, int64_t height, int64_t width, bool mirrored, const Number *values) {
  const int64_t step = mirrored ? -channels : channels;
  for (int64_t y = 0; y < height; ++y, from += width * channels) {
    const uint8_t *pixel = mirrored ? from + (width - 1) * channels : from;
    for (int64_t x = 0; x < width; ++x, pixel += step, to += channels) {
      for (int64_t c = 0; c < channels; ++c) to[c] = values[c * byte_values + pixel[c]];
    }
  }
}

// On the CPU: each pixel is read once and written once. An iterator over the images, because its
// loops run on all of libtorch's threads.
template <typename Number>
at::Tensor looked_up(const at::Tensor &pack, const at::Tensor &indices, const at::Tensor &flips, const at::Tensor &values) {
  const int64_t height = pack.size(1), width = pack.size(2), length = height * width * channels;
  at::Tensor images = at::empty({indices.size(0), height, width, channels}, values.options());
  if (length == 0) return images;
  const uint8_t *const pixels = pack.const_data_ptr<uint8_t>();
  const Number *const table = values.const_data_ptr<Number>();
  auto each_image = at::TensorIteratorConfig()
                        .check_all_same_dtype(false)
                        .set_check_mem_overlap(false)
                        .add_owned_output(images.view({-1, length}).select(1, 0))
                        .add_owned_const_input(indices)
                        .add_owned_const_input(flips)
                        .build();
  each_image.for_each([&](char **data, const int64_t *strides, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
      const int64_t index = *reinterpret_cast<const int64_t *>(data[1] + i * strides[1]);
      const bool mirrored = *reinterpret_cast<const bool *>(data[2] + i * strides[2]);
      copy_image(pixels + index * length, reinterpret_cast<Number *>(data[0] + i * strides[0]), height, width, mirrored, table);
    }
  }, /*grain_size=*/1);
  return images;
}

void check_indices(const at::Tensor &indices, int64_t count) {
  const int64_t *const index = indices.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < indices.size(0); ++i) {
    if (index[i] >= 0 && index[i] < count) continue;
    throw std::runtime_error("images are gathered from a pack of " + std::to_string(count) + ", found the index " +
                             std::to_string(index[i]));
  }
}

at::Tensor gather_rows(const at::Tensor &pack, const at::Tensor &indices, c10::Device device) {
  if (pack.device() == device || device.is_cpu()) {
    return pack.index_select(0, sent(indices, pack.device())).to(device);
  }
  // libtorch's pinned memory is not given out again before the device has read it: as good as two buffers.
  const at::Tensor pinned =
      at::empty({indices.size(0), pack.size(1), pack.size(2), channels}, pack.options().pinned_memory(true));
  at::index_select_out(const_cast<at::Tensor &>(pinned), pack, 0, indices);
  return pinned.to(device, /*non_blocking=*/true);
}

// [n, H, W, 3]
at::Tensor gather(const at::Tensor &pack, const at::Tensor &indices, const at::Tensor &flips, const double *mean,
                  const double *std, const at::TensorOptions &options) {
  const auto dtype = c10::typeMetaToScalarType(options.dtype());
  // On a device a wrong index would end the whole process's use of it.
  check_indices(indices, pack.size(0));
  const bool can_look_up = pack.is_cpu() && options.device().is_cpu() && pack.is_contiguous();
  if (can_look_up && (dtype == at::kFloat || dtype == at::kDouble)) {
    const at::Tensor mirrored = flips.defined() ? flips : at::zeros(indices.sizes(), at::kBool);
    const at::Tensor values = normalised_values(mean, std, options);
    return dtype == at::kFloat ? looked_up<float>(pack, indices, mirrored, values)
                               : looked_up<double>(pack, indices, mirrored, values);
  }
  at::Tensor rows = gather_rows(pack, indices, options.device());
  if (flips.defined()) {
    rows = at::where(sent(flips, options.device()).view({-1, 1, 1, 1}), rows.flip(2), rows);
  }
  at::Tensor images = rows.permute({0, 3, 1, 2}).to(options.dtype());
  return normalise(images, mean, std).permute({0, 2, 3, 1});
}

}  // namespace
}  // namespace csn

using namespace csn;

csn_tensor csn_gather_images(csn_tensor pack, const int64_t *indices, const uint8_t *flips, uint32_t count,
                             const double *mean, const double *std, const char *device, int32_t dtype,
                             char *err, uint32_t err_cap) {
  return guarded<csn_tensor>(0, err, err_cap, [&] {
    csn_tensor images = 0;
    on_executor([&] {
      const at::Tensor pixels = get(pack);
      if (pixels.dim() != 4 || pixels.size(3) != channels || pixels.scalar_type() != at::kByte) {
        throw std::runtime_error("images are gathered from uint8[N, H, W, 3], found " + shape_text(pixels));
      }
      const c10::AutoGradMode no_grad(false);
      const auto length = static_cast<int64_t>(count);
      const at::Tensor rows = at::from_blob(const_cast<int64_t *>(indices), {length}, at::kLong);
      const at::Tensor mirrored =
          flips == nullptr ? at::Tensor() : at::from_blob(const_cast<uint8_t *>(flips), {length}, at::kBool);
      const auto options = at::TensorOptions().device(c10::Device(device)).dtype(static_cast<at::ScalarType>(dtype));
      // [n, H, W, 3] in memory is [n, 3, H, W] channels-last: permuting costs nothing.
      images = put(gather(pixels, rows, mirrored, mean, std, options).permute({0, 3, 1, 2}));
    });
    return images;
  });
}
