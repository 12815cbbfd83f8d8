// The coarse calls: ResNet-18 without its fourth stage, back-propagation.
#include <ATen/ATen.h>

#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "folded_backbone.h"
#include "shim.h"

// As ATen/autocast_mode.h has them; that header needs others which are fetched for nothing else.
namespace at::autocast {
TORCH_API bool is_autocast_enabled(at::DeviceType device_type);
TORCH_API void set_autocast_enabled(at::DeviceType device_type, bool enabled);
TORCH_API at::ScalarType get_autocast_dtype(at::DeviceType device_type);
TORCH_API void set_autocast_dtype(at::DeviceType device_type, at::ScalarType dtype);
TORCH_API int increment_nesting();
TORCH_API int decrement_nesting();
TORCH_API void clear_cache();
}  // namespace at::autocast

namespace csn {
namespace {

// torchvision's defaults (torchvision/models/resnet.py, torch.nn.BatchNorm2d).
constexpr double batch_norm_momentum = 0.1;
constexpr double batch_norm_epsilon = 1e-5;

// Convolutions and linear layers in bfloat16 for as long as it lives, on the thread that made it.
class Autocast {
 public:
  Autocast(c10::DeviceType device, bool enabled)
      : device_(device), was_enabled_(at::autocast::is_autocast_enabled(device)),
        was_dtype_(at::autocast::get_autocast_dtype(device)) {
    at::autocast::set_autocast_enabled(device_, enabled);
    if (enabled) at::autocast::set_autocast_dtype(device_, at::kBFloat16);
    at::autocast::increment_nesting();
  }
  ~Autocast() {
    // Copies of the weights must not outlive the weights' next change.
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_, was_enabled_);
    at::autocast::set_autocast_dtype(device_, was_dtype_);
  }
  Autocast(const Autocast &) = delete;

 private:
  c10::DeviceType device_;
  bool was_enabled_;
  at::ScalarType was_dtype_;
};

// Of oneDNN's kernels for bfloat16: without these instructions libtorch refuses them.
bool has_bf16_kernels() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq");
#else
  return false;
#endif
}

// Both are settings of the process, but only one thread computes.
void allow_tf32(bool allowed) {
  at::globalContext().setAllowTF32CuBLAS(allowed);
  at::globalContext().setAllowTF32CuDNN(allowed);
}

class Backbone {
 public:
  explicit Backbone(std::unordered_map<std::string, at::Tensor> tensors) : tensors_(std::move(tensors)) {
    for (const char *stage : {"layer1", "layer2", "layer3"}) {
      for (const char *block : {".0", ".1"}) check_block(std::string(stage) + block);
    }
    for (const char *name : {"conv1.weight", "fc_embed.weight", "fc_embed.bias"}) tensor(name);
    check_batch_norm("bn1");
    for (const auto &named : tensors_) {
      if (ends_with(named.first, ".num_batches_tracked")) counters_.push_back(named.second);
      if (ends_with(named.first, ".running_mean") || ends_with(named.first, ".running_var")) {
        statistics_.push_back(named.second.flatten());
      }
    }
  }

  // [B, 3, H, W] -> [B, D], of the images' dtype. `groups` equal parts of a training batch, one after the other,
  // have batch statistics of their own and change the running ones in turn.
  at::Tensor forward(const at::Tensor &images, int64_t groups, bool train, bool bf16) {
    if (!train && can_fold(images, bf16)) {
      const at::ScalarType dtype = bf16 ? at::kBFloat16 : at::kFloat;
      return embed(folded(dtype).features(images.to(dtype)).to(images.scalar_type()));
    }
    if (train) count_batches(groups);
    if (images.is_cuda()) allow_tf32(bf16);
    const Autocast autocast(images.device().type(), bf16);
    return layers(images, train ? groups : 1, train).to(images.scalar_type());
  }

 private:
  at::Tensor layers(const at::Tensor &images, int64_t groups, bool train) const {
    std::vector<at::Tensor> parts = images.chunk(groups);
    for (at::Tensor &x : parts) {
      x = at::conv2d(x, tensor("conv1.weight"), {}, 2, 3);
      x = batch_norm(x, "bn1", 1, train).relu_();
      x = at::max_pool2d(x, 3, 2, 1);  // [B, 64, H/4, W/4]
    }
    for (const char *stage : {"layer1", "layer2", "layer3"}) {
      const int64_t stride = std::string(stage) == "layer1" ? 1 : 2;
      if (parts.size() > 1 && should_join(parts.front(), stride)) parts = {at::cat(parts)};
      for (at::Tensor &x : parts) {
        const int64_t inside = groups / static_cast<int64_t>(parts.size());
        x = block(x, std::string(stage) + ".0", stride, inside, train);
        x = block(x, std::string(stage) + ".1", 1, inside, train);
      }
    }
    const at::Tensor x = parts.size() > 1 ? at::cat(parts) : parts.front();
    return embed(at::adaptive_avg_pool2d(x, {1, 1}).flatten(1));
  }

  // Whether the groups of a batch should go through a stage together. On the CPU each convolution lays its weights
  // out anew, forwards and backwards; that is spared then, at the price of a copy before and after each batch norm.
  // Measured on two cores: a step of 32 triplets is faster by 12 % at 32 pixels, 4 % at 64, 3 % at 112.
  static bool should_join(const at::Tensor &x, int64_t stride) {
    constexpr int64_t most_pixels = 8192;
    return x.is_cpu() && x.size(0) * (x.size(2) / stride) * (x.size(3) / stride) <= most_pixels;
  }

  // [B, 256] -> [B, D]
  at::Tensor embed(const at::Tensor &features) const {
    return at::linear(features, tensor("fc_embed.weight"), tensor("fc_embed.bias"));
  }

  static bool can_fold(const at::Tensor &images, bool bf16) {
    return !c10::GradMode::is_enabled() && images.is_cpu() && images.scalar_type() == at::kFloat &&
           OneDnn::find() != nullptr && (!bf16 || has_bf16_kernels());
  }

  // Made again when a tensor has changed: each change in place raises its tensor's version, except for
  // running statistics, which batch norm changes silently; these are few and are compared.
  FoldedBackbone &folded(at::ScalarType dtype) {
    uint64_t versions = 0;
    for (const auto &named : tensors_) versions += named.second._version();
    const at::Tensor statistics = at::cat(statistics_).cpu();
    const bool is_current = folded_ != nullptr && folded_versions_ == versions && folded_dtype_ == dtype &&
                            same_bytes(folded_statistics_, statistics);
    if (!is_current) {
      folded_ = std::make_unique<FoldedBackbone>(
          [this](const std::string &name) { return has(name) ? &tensor(name) : nullptr; }, batch_norm_epsilon, dtype);
      folded_versions_ = versions;
      folded_statistics_ = statistics;
      folded_dtype_ = dtype;
    }
    return *folded_;
  }

  const at::Tensor &tensor(const std::string &name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) throw std::runtime_error("the backbone lacks the tensor \"" + name + "\"");
    return found->second;
  }

  bool has(const std::string &name) const { return tensors_.count(name) != 0; }

  void check_batch_norm(const std::string &name) const {
    for (const char *part : {".weight", ".bias", ".running_mean", ".running_var", ".num_batches_tracked"}) {
      tensor(name + part);
    }
  }

  void check_block(const std::string &name) const {
    for (const char *part : {"1", "2"}) {
      tensor(name + ".conv" + part + ".weight");
      check_batch_norm(name + ".bn" + part);
    }
    if (has(name + ".downsample.0.weight")) check_batch_norm(name + ".downsample.1");
  }

  static bool ends_with(const std::string &name, const std::string &ending) {
    return name.size() > ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
  }

  // Not at::equal: a NaN would never be the same.
  static bool same_bytes(const at::Tensor &a, const at::Tensor &b) {
    return a.nbytes() == b.nbytes() && std::memcmp(a.const_data_ptr(), b.const_data_ptr(), a.nbytes()) == 0;
  }

  // All at once: on a device each would be a kernel of its own.
  void count_batches(int64_t count) const {
    const c10::AutoGradMode no_grad(false);
    at::_foreach_add_(counters_, count);
  }

  at::Tensor batch_norm(const at::Tensor &x, const std::string &name, int64_t groups, bool train) const {
    std::vector<at::Tensor> parts = groups == 1 ? std::vector<at::Tensor>{x} : x.chunk(groups);
    for (at::Tensor &part : parts) {
      part = at::batch_norm(part, tensor(name + ".weight"), tensor(name + ".bias"), tensor(name + ".running_mean"),
                            tensor(name + ".running_var"), train, batch_norm_momentum, batch_norm_epsilon,
                            /*cudnn_enabled=*/true);
    }
    return groups == 1 ? parts.front() : at::cat(parts);
  }

  at::Tensor block(const at::Tensor &x, const std::string &name, int64_t stride, int64_t groups, bool train) const {
    at::Tensor y = at::conv2d(x, tensor(name + ".conv1.weight"), {}, stride, 1);
    y = batch_norm(y, name + ".bn1", groups, train).relu_();
    y = at::conv2d(y, tensor(name + ".conv2.weight"), {}, 1, 1);
    y = batch_norm(y, name + ".bn2", groups, train);
    if (!has(name + ".downsample.0.weight")) return y.add_(x).relu_();
    const at::Tensor shortcut = at::conv2d(x, tensor(name + ".downsample.0.weight"), {}, stride);
    return y.add_(batch_norm(shortcut, name + ".downsample.1", groups, train)).relu_();
  }

  std::unordered_map<std::string, at::Tensor> tensors_;
  std::vector<at::Tensor> counters_;  // of the batches that each batch norm has seen
  std::vector<at::Tensor> statistics_;  // running means and variances
  std::unique_ptr<FoldedBackbone> folded_;
  at::Tensor folded_statistics_;
  uint64_t folded_versions_ = 0;
  at::ScalarType folded_dtype_ = at::kFloat;
};

std::mutex backbones_mutex;
// Never destroyed, as the handles are not: they hold tensors of a device.
auto &backbones = *new std::unordered_map<uint32_t, std::shared_ptr<Backbone>>();
uint32_t last_backbone = 0;

std::shared_ptr<Backbone> backbone_at(uint32_t number) {
  const std::lock_guard<std::mutex> lock(backbones_mutex);
  const auto found = backbones.find(number);
  if (found == backbones.end()) throw std::runtime_error("the network was freed already");
  return found->second;
}

}  // namespace
}  // namespace csn

using namespace csn;

uint32_t csn_backbone_new(const char *names, const csn_tensor *tensors, uint32_t count, char *err,
                          uint32_t err_cap) {
  return guarded<uint32_t>(0, err, err_cap, [&] {
    std::unordered_map<std::string, at::Tensor> named;
    for (uint32_t i = 0; i < count; ++i) {
      named.emplace(names, get(tensors[i]));
      names += std::strlen(names) + 1;
    }
    auto made = std::make_shared<Backbone>(std::move(named));
    const std::lock_guard<std::mutex> lock(backbones_mutex);
    backbones.emplace(++last_backbone, std::move(made));
    return last_backbone;
  });
}

int32_t csn_backbone_free(uint32_t backbone, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    backbone_at(backbone);
    const std::lock_guard<std::mutex> lock(backbones_mutex);
    backbones.erase(backbone);
    return 0;
  });
}

csn_tensor csn_backbone_forward(uint32_t backbone, csn_tensor images, uint32_t groups, uint8_t train, uint8_t grad,
                                uint8_t bf16, char *err, uint32_t err_cap) {
  return guarded<csn_tensor>(0, err, err_cap, [&] {
    csn_tensor embedding = 0;
    on_executor([&] {
      const at::Tensor input = get(images);
      if (input.dim() != 4 || input.size(1) != 3) {
        throw std::runtime_error("the network embeds images [B, 3, H, W], found " + shape_text(input));
      }
      if (groups == 0 || input.size(0) % groups != 0) {
        throw std::runtime_error("a batch is split into groups of one size, found " + std::to_string(groups) +
                                 " groups of " + shape_text(input));
      }
      const c10::AutoGradMode mode(grad != 0);
      embedding = put(backbone_at(backbone)->forward(input, groups, train != 0, bf16 != 0));
    });
    return embedding;
  });
}

int32_t csn_backward(csn_tensor loss, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    on_executor([&] {
      const c10::AutoGradMode mode(true);
      get(loss).backward();
    });
    return 0;
  });
}
