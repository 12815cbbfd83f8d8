// A backward pass whose gradients are summed over the ranks while the rest of them is computed.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/Backend.hpp>

#include <functional>
#include <stdexcept>
#include <unordered_set>
#include <vector>

#include "shim.h"

namespace csn {

// The memory of a dense tensor in the order in which it lies: strides are the same on all ranks.
inline at::Tensor flat_view(const at::Tensor &tensor) {
  if (!tensor.is_non_overlapping_and_dense()) throw std::runtime_error("a tensor is not dense: " + shape_text(tensor));
  return tensor.as_strided({tensor.numel()}, {1});
}

// Those of `parameters` that a loss comes from. Other ranks find the same: their losses are computed alike.
inline std::vector<at::Tensor> parameters_of(const at::Tensor &loss, const std::vector<at::Tensor> &parameters) {
  using Node = torch::autograd::Node;
  std::unordered_set<const Node *> seen;
  std::vector<const Node *> waiting{loss.grad_fn().get()};
  while (!waiting.empty()) {
    const Node *const node = waiting.back();
    waiting.pop_back();
    if (node == nullptr || !seen.insert(node).second) continue;
    for (const torch::autograd::Edge &edge : node->next_edges()) waiting.push_back(edge.function.get());
  }
  std::vector<at::Tensor> found;
  for (const at::Tensor &parameter : parameters) {
    const auto accumulator = torch::autograd::impl::try_get_grad_accumulator(parameter);
    if (accumulator != nullptr && seen.count(accumulator.get()) > 0) found.push_back(parameter);
  }
  return found;
}

class ReducedBackward {
 public:
  // `wait` waits for a collective, and throws what it threw on the way.
  using Wait = std::function<void(const c10::intrusive_ptr<c10d::Work> &)>;

  ReducedBackward(c10d::Backend &backend, Wait wait, double share) : backend_(backend), wait_(std::move(wait)), share_(share) {}

  void run(const at::Tensor &loss, const std::vector<at::Tensor> &given, double bucket_bytes, double *numbers,
           uint32_t numbers_count) {
    fill(parameters_of(loss, given), bucket_bytes, numbers_count);
    if (numbers_count > 0) put_numbers(numbers, numbers_count);
    const Hooks hooks(*this);
    loss.backward();
    const c10::AutoGradMode no_grad(false);
    while (sent_ < buckets_.size()) send_next();
    for (const Bucket &bucket : buckets_) take_back(bucket);
    if (numbers_count > 0) take_numbers(numbers, numbers_count);
  }

 private:
  struct Bucket {
    std::vector<at::Tensor> parameters;
    at::Tensor flat;
    size_t ready = 0;
    c10::intrusive_ptr<c10d::Work> work;
  };

  // libtorch calls it when a parameter's gradient is complete.
  struct Hook final : torch::autograd::PostAccumulateGradHook {
    Hook(ReducedBackward &owner, size_t bucket) : owner(owner), bucket(bucket) {}
    void operator()(const at::Tensor &) override { owner.one_is_ready(bucket); }
    ReducedBackward &owner;
    size_t bucket;
  };

  struct Hooks {
    explicit Hooks(ReducedBackward &owner) : owner(owner) {
      for (size_t i = 0; i < owner.buckets_.size(); ++i) {
        for (const at::Tensor &each : owner.buckets_[i].parameters) {
          torch::autograd::impl::set_post_acc_grad_hooks(each, std::make_unique<Hook>(owner, i));
        }
      }
    }
    ~Hooks() {
      for (const Bucket &bucket : owner.buckets_) {
        for (const at::Tensor &each : bucket.parameters) torch::autograd::impl::set_post_acc_grad_hooks(each, nullptr);
      }
    }
    ReducedBackward &owner;
  };

  // The last parameters first, because their gradients are complete first. All ranks cut alike: a bucket of
  // another size elsewhere would end the process.
  void fill(const std::vector<at::Tensor> &parameters, double bucket_bytes, int64_t numbers) {
    if (parameters.empty()) throw std::runtime_error("the loss comes from none of the parameters");
    int64_t size = 0;
    buckets_.emplace_back();
    for (auto each = parameters.rbegin(); each != parameters.rend(); ++each) {
      if (each->scalar_type() != parameters[0].scalar_type() || each->device() != parameters[0].device()) {
        throw std::runtime_error("parameters are of one dtype and on one device, found " + shape_text(parameters[0]) +
                                 " and " + shape_text(*each));
      }
      const int64_t more = each->numel() * each->element_size();
      if (size > 0 && static_cast<double>(size + more) > bucket_bytes) {
        buckets_.emplace_back();
        size = 0;
      }
      buckets_.back().parameters.push_back(*each);
      size += more;
    }
    for (Bucket &bucket : buckets_) {
      int64_t count = &bucket == &buckets_.front() ? numbers : 0;
      for (const at::Tensor &each : bucket.parameters) count += each.numel();
      bucket.flat = at::empty({count}, parameters[0].options().requires_grad(false));
    }
  }

  // The numbers lie at the end of the first bucket.
  at::Tensor numbers_in(int64_t count) const {
    const at::Tensor &flat = buckets_.front().flat;
    return flat.narrow(0, flat.numel() - count, count);
  }

  void put_numbers(double *numbers, int64_t count) {
    numbers_in(count).copy_(at::from_blob(numbers, {count}, at::TensorOptions(at::kDouble)));
  }

  void take_numbers(double *numbers, int64_t count) const {
    at::from_blob(numbers, {count}, at::TensorOptions(at::kDouble)).copy_(numbers_in(count));
  }

  void one_is_ready(size_t index) {
    buckets_[index].ready += 1;
    // In order: collectives must be asked for in the same order everywhere.
    while (sent_ < buckets_.size() && buckets_[sent_].ready == buckets_[sent_].parameters.size()) send_next();
  }

  void send_next() {
    const c10::AutoGradMode no_grad(false);
    Bucket &bucket = buckets_[sent_++];
    each_part(bucket, [&](at::Tensor part, const at::Tensor &gradient) { at::mul_out(part, flat_view(gradient), at::Scalar(share_)); });
    std::vector<at::Tensor> list{bucket.flat};
    bucket.work = backend_.allreduce(list);
  }

  void take_back(const Bucket &bucket) const {
    wait_(bucket.work);
    each_part(bucket, [](const at::Tensor &part, const at::Tensor &gradient) { flat_view(gradient).copy_(part); });
  }

  template <typename Act>
  void each_part(const Bucket &bucket, Act act) const {
    int64_t at = 0;
    for (const at::Tensor &parameter : bucket.parameters) {
      const int64_t count = parameter.numel();
      act(bucket.flat.narrow(0, at, count), parameter.grad());
      at += count;
    }
  }

  c10d::Backend &backend_;
  Wait wait_;
  double share_;
  std::vector<Bucket> buckets_;
  size_t sent_ = 0;
};

}  // namespace csn
