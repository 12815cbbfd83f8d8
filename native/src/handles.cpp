// Handles: 53 bits of slot and generation, so that use after free is an error and not a crash.
#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <mutex>
#include <vector>

#include "shim.h"

namespace csn {
namespace {

// A double holds whole numbers below 2^53: 22 bits of slot, 31 of generation.
constexpr uint32_t slot_bits = 22;  // 4,194,304 tensors at once
constexpr uint64_t slot_mask = (uint64_t{1} << slot_bits) - 1;
constexpr uint32_t last_generation = (uint32_t{1} << (53 - slot_bits)) - 1;
constexpr csn_tensor handle_end = 9007199254740992.0;  // 2^53

struct Slot {
  at::Tensor tensor;
  uint32_t generation = 1;  // never 0, so that no handle is 0
};

std::mutex table_mutex;
// Never destroyed: when the process ends, CUDA's allocator is gone before the tensors that live in it would be.
std::deque<Slot> &slots = *new std::deque<Slot>();
// First in, first out: a stale handle stays detectable for long.
std::deque<uint32_t> &free_slots = *new std::deque<uint32_t>();
uint32_t live = 0;

uint64_t number_of(csn_tensor handle) {
  if (handle == 0) throw std::runtime_error("the tensor is undefined (handle 0)");
  const bool is_number = handle > 0 && handle < handle_end && std::floor(handle) == handle;
  return is_number ? static_cast<uint64_t>(handle) : 0;  // 0 is no handle: its generation is 0
}

Slot &slot_of(uint64_t number) {
  const uint64_t index = number & slot_mask;
  if (index >= slots.size() || slots[index].generation != number >> slot_bits || !slots[index].tensor.defined()) {
    throw std::runtime_error("the tensor was freed already; it must not be used after dispose()");
  }
  return slots[index];
}

uint32_t free_slot() {
  if (!free_slots.empty()) {
    const uint32_t index = free_slots.front();
    free_slots.pop_front();
    return index;
  }
  if (slots.size() > slot_mask) {
    throw std::runtime_error("too many tensors are alive: " + std::to_string(slots.size()) +
                             "; free those that are not needed (using, dispose(), scope())");
  }
  slots.emplace_back();
  return static_cast<uint32_t>(slots.size() - 1);
}

}  // namespace

csn_tensor put(at::Tensor tensor) {
  if (!tensor.defined()) return 0;
  const std::lock_guard<std::mutex> lock(table_mutex);
  const uint32_t index = free_slot();
  slots[index].tensor = std::move(tensor);
  ++live;
  return static_cast<csn_tensor>(uint64_t{slots[index].generation} << slot_bits | index);
}

at::Tensor get(csn_tensor handle) {
  const uint64_t number = number_of(handle);
  const std::lock_guard<std::mutex> lock(table_mutex);
  return slot_of(number).tensor;
}

at::Tensor get_or_undefined(csn_tensor handle) { return handle == 0 ? at::Tensor() : get(handle); }

void release(csn_tensor handle) {
  const uint64_t number = number_of(handle);
  at::Tensor dropped;  // freed after the lock: a destructor may take long
  {
    const std::lock_guard<std::mutex> lock(table_mutex);
    Slot &slot = slot_of(number);
    dropped = std::move(slot.tensor);
    slot.tensor = at::Tensor();
    --live;
    // A generation must not come back: such a slot is retired, and another takes its place. That happens once
    // in 2^31 uses of a slot, and all slots together have 2^53: more than a process lives to see.
    if (slot.generation < last_generation) {
      ++slot.generation;
      free_slots.push_back(static_cast<uint32_t>(number & slot_mask));
    }
  }
}

uint32_t live_handles() {
  const std::lock_guard<std::mutex> lock(table_mutex);
  return live;
}

std::string shape_text(at::ScalarType dtype, at::IntArrayRef sizes) {
  // PyTorch's two names of a dtype: {"float32", "float"}, {"uint8", ""}.
  std::string text(c10::getDtypeNames(dtype).first);
  text += "[";
  for (size_t i = 0; i < sizes.size(); ++i) {
    text += (i == 0 ? "" : ", ") + std::to_string(sizes[i]);
  }
  return text + "]";
}

std::string shape_text(const at::Tensor &tensor) {
  return tensor.defined() ? shape_text(tensor.scalar_type(), tensor.sizes()) : "undefined";
}

void report(const char *message, char *err, uint32_t err_cap) noexcept {
  if (err == nullptr || err_cap == 0) return;
  const size_t length = std::min<size_t>(std::strlen(message), err_cap - 1);
  std::memcpy(err, message, length);
  err[length] = '\0';
}

namespace {

size_t bytes_of(const at::Tensor &tensor) { return tensor.numel() * tensor.element_size(); }

int32_t read_elements(csn_tensor handle, void *out, double bytes) {
  const at::Tensor tensor = get(handle);
  if (static_cast<double>(bytes_of(tensor)) != bytes) {
    throw std::runtime_error("cannot read " + shape_text(tensor) + ": it has " +
                             std::to_string(bytes_of(tensor)) + " bytes, the buffer " +
                             std::to_string(static_cast<int64_t>(bytes)));
  }
  const c10::AutoGradMode no_grad(false);
  // A tensor of zeros may have no memory at all, and one that is negated may say so by a mark alone.
  if (tensor._is_zerotensor()) {
    std::memset(out, 0, bytes_of(tensor));
    return 0;
  }
  const at::Tensor plain = tensor.detach().to(at::kCPU).resolve_neg().contiguous();
  if (bytes_of(plain) > 0) std::memcpy(out, plain.const_data_ptr(), bytes_of(plain));
  return 0;
}

// Before anything is allocated: what was meant as a few numbers must not ask for gigabytes.
void check_bytes(at::ScalarType dtype, at::IntArrayRef sizes, double bytes) {
  double needed = static_cast<double>(c10::elementSize(dtype));
  for (const int64_t size : sizes) {
    if (size < 0) throw std::runtime_error("cannot make " + shape_text(dtype, sizes) + ": a size is negative");
    needed *= static_cast<double>(size);
  }
  if (needed == bytes) return;
  char both[96];
  std::snprintf(both, sizeof both, ": it needs %.0f bytes, the buffer has %.0f", needed, bytes);
  throw std::runtime_error("cannot make " + shape_text(dtype, sizes) + both);
}

}  // namespace
}  // namespace csn

using namespace csn;

uint32_t csn_live_tensors(void) { return live_handles(); }

uint32_t csn_age_free_slots(uint32_t generation) {
  const std::lock_guard<std::mutex> lock(table_mutex);
  for (const uint32_t index : free_slots) {
    slots[index].generation = std::max(slots[index].generation, std::min(generation, last_generation));
  }
  return last_generation;
}

csn_tensor csn_from_buffer(const void *data, double bytes, int32_t dtype, const int64_t *sizes,
                           uint32_t dims, char *err, uint32_t err_cap) {
  return guarded<csn_tensor>(0, err, err_cap, [&] {
    const auto type = static_cast<at::ScalarType>(dtype);
    const at::IntArrayRef shape(sizes, dims);
    check_bytes(type, shape, bytes);
    const at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(type));
    if (bytes > 0) std::memcpy(tensor.mutable_data_ptr(), data, bytes_of(tensor));
    return put(tensor);
  });
}

int32_t csn_read(csn_tensor tensor, void *out, double bytes, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] { return read_elements(tensor, out, bytes); });
}

int32_t csn_read_async(csn_tensor tensor, void *out, double bytes, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    on_executor([&] { read_elements(tensor, out, bytes); });
    return 0;
  });
}

int32_t csn_info(csn_tensor tensor, int64_t *out, uint32_t cap, char *err, uint32_t err_cap) {
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

int32_t csn_free(csn_tensor tensor, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    release(tensor);
    return 0;
  });
}

int32_t csn_set_requires_grad(csn_tensor tensor, uint8_t requires_grad, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    get(tensor).set_requires_grad(requires_grad != 0);
    return 0;
  });
}

int32_t csn_grad(csn_tensor tensor, csn_tensor *out, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    *out = put(get(tensor).grad());
    return 0;
  });
}

int32_t csn_clear_grads(const csn_tensor *tensors, uint32_t count, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    for (uint32_t i = 0; i < count; ++i) get(tensors[i]).mutable_grad() = at::Tensor();
    return 0;
  });
}
