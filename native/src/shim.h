// What the shim's translation units share: the handle table, error reporting, the executor.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/GradMode.h>

#include <cstring>
#include <functional>
#include <string>

#include "csn.h"

#if defined(__SANITIZE_THREAD__)
#define CSN_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CSN_THREAD_SANITIZER 1
#endif
#endif
#if CSN_THREAD_SANITIZER
#include <sanitizer/tsan_interface.h>
#endif

namespace csn {

// --- Handles (handles.cpp) ---

csn_tensor put(at::Tensor tensor);  // a new handle; 0 for an undefined tensor
at::Tensor get(csn_tensor handle);  // throws on 0 and on a handle that was freed
at::Tensor get_or_undefined(csn_tensor handle);
void release(csn_tensor handle);  // throws when it was freed before
uint32_t live_handles();

// --- Executor (runtime.cpp) ---

// Runs `job` on the thread that owns the heavy work and waits for it. What it throws is thrown here.
void on_executor(const std::function<void()> &job);

void *cuda_library();  // libtorch_cuda; null where it is not open

// --- Errors ---

void report(const char *message, char *err, uint32_t err_cap) noexcept;

std::string shape_text(const at::Tensor &tensor);  // "float32[2, 3]"
std::string shape_text(at::ScalarType dtype, at::IntArrayRef sizes);

// A call follows those that had ended when it began, because Deno hands over between its threads. It
// does so in ways that ThreadSanitizer does not see, which is told here. Of calls that overlap nothing
// is said: it still finds their races.
class Turn {
 public:
#if CSN_THREAD_SANITIZER
  Turn() { __tsan_acquire(&ended_); }
  ~Turn() { __tsan_release(&ended_); }

 private:
  static inline char ended_;
#else
  Turn() {}
#endif
};

// Every exported body runs inside this: nothing that C++ throws may reach the caller.
template <typename Result, typename Body>
Result guarded(Result failed, char *err, uint32_t err_cap, Body body) noexcept {
  try {
    const Turn turn;
    return body();
  } catch (const c10::Error &error) {
    report(error.what_without_backtrace(), err, err_cap);
  } catch (const std::exception &error) {
    report(error.what(), err, err_cap);
  } catch (...) {
    report("libtorch threw something that is no exception", err, err_cap);
  }
  return failed;
}

}  // namespace csn
