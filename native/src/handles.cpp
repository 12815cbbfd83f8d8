// Handles: 32 bits of slot and generation, so that use after free is an error and not a crash.
#include <ATen/ATen.h>

#include <deque>
#include <mutex>
#include <vector>

#include "shim.h"

namespace csn {
namespace {

constexpr uint32_t slot_bits = 18;  // 262,143 tensors at once
constexpr uint32_t slot_mask = (1u << slot_bits) - 1;
constexpr uint32_t last_generation = (1u << (32 - slot_bits)) - 1;

struct Slot {
  at::Tensor tensor;
  uint32_t generation = 1;  // never 0, so that no handle is 0
};

std::mutex table_mutex;
// Never destroyed: when the process ends, CUDA's allocator is gone before the tensors that live in it would be.
std::deque<Slot> &slots = *new std::deque<Slot>();
std::deque<uint32_t> free_slots;  // first in, first out: a stale handle stays detectable for long
uint32_t live = 0;

Slot &slot_of(uint32_t handle) {
  const uint32_t index = handle & slot_mask;
  if (handle == 0) throw std::runtime_error("the tensor is undefined (handle 0)");
  if (index >= slots.size() || slots[index].generation != handle >> slot_bits ||
      !slots[index].tensor.defined()) {
    throw std::runtime_error("the tensor was freed already; it must not be used after dispose()");
  }
  return slots[index];
}

}  // namespace

uint32_t put(at::Tensor tensor) {
  if (!tensor.defined()) return 0;
  const std::lock_guard<std::mutex> lock(table_mutex);
  uint32_t index;
  if (!free_slots.empty()) {
    index = free_slots.front();
    free_slots.pop_front();
  } else {
    if (slots.size() > slot_mask) throw std::runtime_error("too many tensors are alive: 262,144");
    index = static_cast<uint32_t>(slots.size());
    slots.emplace_back();
  }
  slots[index].tensor = std::move(tensor);
  ++live;
  return slots[index].generation << slot_bits | index;
}

at::Tensor get(uint32_t handle) {
  const std::lock_guard<std::mutex> lock(table_mutex);
  return slot_of(handle).tensor;
}

at::Tensor get_or_undefined(uint32_t handle) { return handle == 0 ? at::Tensor() : get(handle); }

void release(uint32_t handle) {
  at::Tensor dropped;  // freed after the lock: a destructor may take long
  {
    const std::lock_guard<std::mutex> lock(table_mutex);
    Slot &slot = slot_of(handle);
    dropped = std::move(slot.tensor);
    slot.tensor = at::Tensor();
    --live;
    // A generation must not come back: such a slot is retired.
    if (slot.generation < last_generation) {
      ++slot.generation;
      free_slots.push_back(handle & slot_mask);
    }
  }
}

uint32_t live_handles() {
  const std::lock_guard<std::mutex> lock(table_mutex);
  return live;
}

std::string shape_text(const at::Tensor &tensor) {
  if (!tensor.defined()) return "undefined";
  // PyTorch's two names of a dtype: {"float32", "float"}, {"uint8", ""}.
  std::string text(c10::getDtypeNames(tensor.scalar_type()).first);
  text += "[";
  for (int64_t i = 0; i < tensor.dim(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(tensor.size(i));
  }
  return text + "]";
}

void report(const char *message, char *err, uint32_t err_cap) noexcept {
  if (err == nullptr || err_cap == 0) return;
  const size_t length = std::min<size_t>(std::strlen(message), err_cap - 1);
  std::memcpy(err, message, length);
  err[length] = '\0';
}

namespace {

size_t bytes_of(const at::Tensor &tensor) { return tensor.numel() * tensor.element_size(); }

int32_t read_elements(uint32_t handle, void *out, double bytes) {
  const at::Tensor tensor = get(handle);
  if (static_cast<double>(bytes_of(tensor)) != bytes) {
    throw std::runtime_error("cannot read " + shape_text(tensor) + ": it has " +
                             std::to_string(bytes_of(tensor)) + " bytes, the buffer " +
                             std::to_string(static_cast<int64_t>(bytes)));
  }
  const c10::AutoGradMode no_grad(false);
  const at::Tensor plain = tensor.detach().to(at::kCPU).contiguous();
  if (bytes_of(plain) > 0) std::memcpy(out, plain.const_data_ptr(), bytes_of(plain));
  return 0;
}

}  // namespace
}  // namespace csn

using namespace csn;

uint32_t csn_live_tensors(void) { return live_handles(); }

uint32_t csn_from_buffer(const void *data, double bytes, int32_t dtype, const int64_t *sizes,
                         uint32_t dims, char *err, uint32_t err_cap) {
  return guarded<uint32_t>(0, err, err_cap, [&] {
    const at::Tensor tensor =
        at::empty(at::IntArrayRef(sizes, dims), at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)));
    if (static_cast<double>(bytes_of(tensor)) != bytes) {
      throw std::runtime_error("cannot make " + shape_text(tensor) + ": it needs " +
                               std::to_string(bytes_of(tensor)) + " bytes, the buffer has " +
                               std::to_string(static_cast<int64_t>(bytes)));
    }
    if (bytes > 0) std::memcpy(tensor.mutable_data_ptr(), data, bytes_of(tensor));
    return put(tensor);
  });
}

int32_t csn_read(uint32_t tensor, void *out, double bytes, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] { return read_elements(tensor, out, bytes); });
}

int32_t csn_read_async(uint32_t tensor, void *out, double bytes, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    on_executor([&] { read_elements(tensor, out, bytes); });
    return 0;
  });
}

int32_t csn_info(uint32_t tensor, int64_t *out, uint32_t cap, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    const at::Tensor found = get(tensor);
    const auto dims = static_cast<uint32_t>(found.dim());
    if (cap < 5 + 2 * dims) throw std::runtime_error("the tensor has too many dimensions");
    out[0] = static_cast<int64_t>(found.scalar_type());
    out[1] = found.requires_grad() ? 1 : 0;
    out[2] = static_cast<int64_t>(found.device().type());
    out[3] = found.device().index();
    out[4] = dims;
    for (uint32_t i = 0; i < dims; ++i) {
      out[5 + i] = found.size(i);
      out[5 + dims + i] = found.stride(i);
    }
    return static_cast<int32_t>(5 + 2 * dims);
  });
}

int32_t csn_free(uint32_t tensor, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    release(tensor);
    return 0;
  });
}

int32_t csn_set_requires_grad(uint32_t tensor, uint8_t requires_grad, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    get(tensor).set_requires_grad(requires_grad != 0);
    return 0;
  });
}

int32_t csn_grad(uint32_t tensor, uint32_t *out, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    *out = put(get(tensor).grad());
    return 0;
  });
}

int32_t csn_clear_grads(const uint32_t *tensors, uint32_t count, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    for (uint32_t i = 0; i < count; ++i) get(tensors[i]).mutable_grad() = at::Tensor();
    return 0;
  });
}
