// The network as it embeds: batch norm folded into the convolutions, their weights laid out for oneDNN.
#pragma once

#include <ATen/ATen.h>
#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/headeronly/version.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace csn {

// Operators of oneDNN that compute a convolution and what follows it in one go; they are libtorch's own for
// compiled inference on the CPU.
struct OneDnn {
  const c10::OperatorHandle reorder, convolution, convolution_add;

  // Null where libtorch was built without them.
  static const OneDnn *find() {
    static const OneDnn *const found = []() -> const OneDnn * {
      auto &dispatcher = c10::Dispatcher::singleton();
      const auto reorder = dispatcher.findSchema({"mkldnn::_reorder_convolution_weight", ""});
      const auto convolution = dispatcher.findSchema({"mkldnn::_convolution_pointwise", ""});
      const auto convolution_add = dispatcher.findSchema({"mkldnn::_convolution_pointwise", "binary"});
      if (!at::hasMKLDNN() || !reorder || !convolution || !convolution_add) return nullptr;
      return new OneDnn{*reorder, *convolution, *convolution_add};
    }();
    return found;
  }
};

// "could not create a memory", with libtorch 2.11 of images of one pixel; 2.13 computes them.
constexpr bool joint_fails_on_pixels = TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR < 13;

class FoldedConvolution {
 public:
  FoldedConvolution(const at::Tensor &weight, const at::Tensor &scale, at::Tensor shift, int64_t stride, int64_t padding,
                    at::ScalarType dtype)
      : weight_((weight.to(at::kDouble) * scale.view({-1, 1, 1, 1})).to(dtype)),
        bias_(shift.to(dtype)),
        stride_(stride),
        padding_(padding) {}

  // max(0, convolution) or the plain one.
  at::Tensor operator()(const at::Tensor &x, bool rectified) {
    prepare(x);
    std::vector<c10::IValue> stack{x, weight_, bias_, pair(padding_), pair(stride_), pair(1), int64_t{1},
                                   rectified ? "relu" : "none", no_scalars(), c10::IValue()};
    return run(OneDnn::find()->convolution, stack);
  }

  // max(0, convolution + other).
  at::Tensor operator()(const at::Tensor &x, const at::Tensor &other) {
    if (joint_fails_on_pixels && other.size(2) == 1 && other.size(3) == 1) {
      return (*this)(x, false).add_(other).relu_();
    }
    prepare(x);
    std::vector<c10::IValue> stack{x, other, weight_, bias_, pair(padding_), pair(stride_), pair(1), int64_t{1},
                                   "add", 1.0, "relu", no_scalars(), c10::IValue()};
    return run(OneDnn::find()->convolution_add, stack);
  }

 private:
  // The best layout depends on the size of the images; one for another size is right too, only slower.
  void prepare(const at::Tensor &x) {
    if (is_prepared_) return;
    std::vector<c10::IValue> stack{weight_, pair(padding_), pair(stride_), pair(1), int64_t{1}, x.sizes().vec()};
    weight_ = run(OneDnn::find()->reorder, stack);
    is_prepared_ = true;
  }

  static at::Tensor run(const c10::OperatorHandle &op, std::vector<c10::IValue> &stack) {
    op.callBoxed(&stack);
    return std::move(stack.at(0)).toTensor();
  }

  static std::vector<int64_t> pair(int64_t value) { return {value, value}; }

  static c10::impl::GenericList no_scalars() {
    return c10::impl::GenericList(c10::OptionalType::create(c10::NumberType::get()));
  }

  at::Tensor weight_, bias_;
  int64_t stride_, padding_;
  bool is_prepared_ = false;
};

class FoldedBackbone {
 public:
  using Named = std::function<const at::Tensor *(const std::string &)>;  // null when there is none

  // It computes in `dtype`: float32 or bfloat16.
  FoldedBackbone(const Named &named, double epsilon, at::ScalarType dtype)
      : epsilon_(epsilon), dtype_(dtype), first_(folded(named, "conv1", "bn1", 2, 3)) {
    for (const char *stage : {"layer1", "layer2", "layer3"}) {
      const int64_t stride = std::string(stage) == "layer1" ? 1 : 2;
      blocks_.push_back(block(named, std::string(stage) + ".0", stride));
      blocks_.push_back(block(named, std::string(stage) + ".1", 1));
    }
  }

  // [B, 3, H, W] -> [B, 256], both of `dtype`, on the CPU.
  at::Tensor features(const at::Tensor &images) {
    at::Tensor x = at::max_pool2d(first_(images, true), 3, 2, 1);
    for (Block &block : blocks_) {
      const at::Tensor shortcut = block.shortcut.empty() ? x : block.shortcut.front()(x, false);
      x = block.second(block.first(x, true), shortcut);
    }
    return at::adaptive_avg_pool2d(x, {1, 1}).flatten(1);
  }

 private:
  struct Block {
    FoldedConvolution first, second;
    std::vector<FoldedConvolution> shortcut;  // one, or none: the images themselves
  };

  Block block(const Named &named, const std::string &name, int64_t stride) const {
    Block made{folded(named, name + ".conv1", name + ".bn1", stride, 1),
               folded(named, name + ".conv2", name + ".bn2", 1, 1), {}};
    if (named(name + ".downsample.0.weight") != nullptr) {
      made.shortcut.push_back(folded(named, name + ".downsample.0", name + ".downsample.1", stride, 0));
    }
    return made;
  }

  // Batch norm in eval mode is y = x * scale + shift.
  FoldedConvolution folded(const Named &named, const std::string &convolution, const std::string &norm,
                           int64_t stride, int64_t padding) const {
    const auto part = [&](const char *name) { return named(norm + name)->to(at::kDouble); };
    const at::Tensor scale = part(".weight") / (part(".running_var") + epsilon_).sqrt();
    const at::Tensor shift = part(".bias") - part(".running_mean") * scale;
    return {*named(convolution + ".weight"), scale, shift, stride, padding, dtype_};
  }

  double epsilon_;
  at::ScalarType dtype_;
  FoldedConvolution first_;
  std::vector<Block> blocks_;
};

}  // namespace csn
