// The process-wide parts: the executor thread, counting of bytes, CUDA's library, leaving.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <c10/core/alignment.h>
#include <c10/core/DeviceGuard.h>
#include <c10/core/impl/alloc_cpu.h>
#include <dlfcn.h>
#include <torch/headeronly/version.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <exception>
#include <mutex>
#include <new>
#include <thread>
#include <unordered_map>
#include <vector>

#if defined(__APPLE__)
#define CSN_LIBRARY_ENDING ".dylib"
#else
#define CSN_LIBRARY_ENDING ".so"
#endif

#include "json_text.h"
#include "shim.h"

namespace csn {
namespace {

// Deno runs nonblocking calls on changing threads; libtorch keeps its OpenMP team, grad mode and CUDA
// device per thread. So one thread does the heavy work, and it is never destroyed.
class Executor {
 public:
  Executor() { std::thread([this] { serve(); }).detach(); }

  void run(const std::function<void()> &job) {
    Task task{&job};
    std::unique_lock<std::mutex> lock(mutex_);
    waiting_.push_back(&task);
    wake_.notify_one();
    done_.wait(lock, [&] { return task.finished; });
    if (task.thrown) std::rethrow_exception(task.thrown);
  }

 private:
  struct Task {
    const std::function<void()> *job;
    bool finished = false;
    std::exception_ptr thrown;
  };

  void serve() {
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return !waiting_.empty(); });
      Task *task = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      std::exception_ptr thrown;
      try {
        (*task->job)();
      } catch (...) {
        thrown = std::current_exception();
      }
      lock.lock();
      task->thrown = thrown;
      task->finished = true;
      done_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::deque<Task *> waiting_;
};

Executor &executor() {
  static Executor *const only = new Executor();
  return *only;
}

std::atomic<int64_t> live_bytes{0};

// Blocks of this size and more are kept for reuse: asking the system for the same pages again in every
// training step costs more than a tenth of the step.
constexpr size_t least_kept = 1 << 16;
// Most bytes that lie unused; beyond, blocks go back to the system.
constexpr size_t most_kept = size_t{2} << 30;

// libtorch's own CPU allocation with a count, so that a test can see what an autograd graph keeps, and
// with reuse of large blocks. A block's size stands before it, in a header of one alignment unit.
class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &CountingAllocator::drop, c10::Device(c10::kCPU)};
    const size_t rounded = bytes < least_kept ? bytes : (bytes + least_kept - 1) / least_kept * least_kept;
    char *block = static_cast<char *>(take(rounded));
    *reinterpret_cast<size_t *>(block) = rounded;
    live_bytes += static_cast<int64_t>(rounded);
    void *data = block + header;
    return {data, data, &CountingAllocator::drop, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &CountingAllocator::drop; }
  void copy_data(void *to, const void *from, std::size_t bytes) const override {
    default_copy_data(to, from, bytes);
  }

 private:
  static constexpr size_t header = c10::gAlignment;

  static void *take(size_t bytes) {
    if (void *const block = reused(bytes)) return block;
    try {
      return c10::alloc_cpu(bytes + header);
    } catch (...) {
      if (!give_back()) throw;
    }
    return c10::alloc_cpu(bytes + header);
  }

  static void *reused(size_t bytes) {
    if (bytes < least_kept) return nullptr;
    const std::lock_guard<std::mutex> lock(kept().mutex);
    const auto found = kept().blocks.find(bytes);
    if (found == kept().blocks.end() || found->second.empty()) return nullptr;
    void *block = found->second.back();
    found->second.pop_back();
    kept().bytes -= bytes;
    return block;
  }

  // Returns all unused blocks to the system; false when there are none.
  static bool give_back() {
    std::unordered_map<size_t, std::vector<void *>> unused;
    {
      const std::lock_guard<std::mutex> lock(kept().mutex);
      if (kept().bytes == 0) return false;
      unused.swap(kept().blocks);
      kept().bytes = 0;
    }
    for (const auto &blocks : unused) {
      for (void *block : blocks.second) c10::free_cpu(block);
    }
    return true;
  }

  static void drop(void *data) {
    if (data == nullptr) return;
    char *block = static_cast<char *>(data) - header;
    const size_t bytes = *reinterpret_cast<size_t *>(block);
    live_bytes -= static_cast<int64_t>(bytes);
    if (!keep(block, bytes)) c10::free_cpu(block);
  }

  static bool keep(void *block, size_t bytes) {
    if (bytes < least_kept) return false;
    const std::lock_guard<std::mutex> lock(kept().mutex);
    if (kept().bytes + bytes > most_kept) return false;
    try {
      kept().blocks[bytes].push_back(block);
    } catch (const std::bad_alloc &) {
      return false;  // there is no memory even for the list; destructors that come here must not throw
    }
    kept().bytes += bytes;
    return true;
  }

  struct Kept {
    std::mutex mutex;
    std::unordered_map<size_t, std::vector<void *>> blocks;
    size_t bytes = 0;
  };

  // Never destroyed: libtorch's own statics free tensors when the process ends.
  static Kept &kept() {
    static Kept *const only = new Kept();
    return *only;
  }
};

std::once_flag started;
std::string cuda_reason;
void *opened_cuda = nullptr;  // never closed

// Must come before any question about devices: libtorch remembers the answer of an absent CUDA.
void open_cuda(const std::string &libtorch_folder) {
  const std::string library = libtorch_folder + "/lib/libtorch_cuda" CSN_LIBRARY_ENDING;
  if (access(library.c_str(), F_OK) != 0) {
    cuda_reason = "this libtorch has no CUDA part (" + library + " is not there)";
    return;
  }
  opened_cuda = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened_cuda == nullptr) {
    const char *why = dlerror();
    cuda_reason = std::string("libtorch_cuda cannot be loaded: ") + (why ? why : "no reason given");
    return;
  }
  // Batches have one shape but for the last of an epoch: trying all algorithms once pays.
  at::globalContext().setBenchmarkCuDNN(true);
}

// Of CUDA's runtime, which libtorch_cuda brings; its headers may not be here. 0 is success.
void cuda_memory(c10::Device device, double *out) {
  using MemoryInfo = int (*)(size_t *, size_t *);
  const auto info = opened_cuda == nullptr ? nullptr : reinterpret_cast<MemoryInfo>(dlsym(opened_cuda, "cudaMemGetInfo"));
  if (info == nullptr) throw std::runtime_error("there is no CUDA here: " + cuda_reason);
  const c10::DeviceGuard here(device);
  size_t free_bytes = 0, total_bytes = 0;
  const int status = info(&free_bytes, &total_bytes);
  if (status != 0) throw std::runtime_error("cudaMemGetInfo failed with error " + std::to_string(status));
  out[0] = static_cast<double>(free_bytes);
  out[1] = static_cast<double>(total_bytes);
}

// libtorch reports its own version by the stable C interface: 0xMMmmpp0000000000.
std::string running_version() {
  using Version = uint64_t (*)();
  const auto version = reinterpret_cast<Version>(dlsym(RTLD_DEFAULT, "aoti_torch_abi_version"));
  if (version == nullptr) return "";
  const uint64_t number = version();
  return std::to_string(number >> 56) + "." + std::to_string(number >> 48 & 0xff) + "." +
         std::to_string(number >> 40 & 0xff);
}

// What the processor can do that decides how fast networks run on it, as a JSON array.
std::string processor_features() {
  std::string list;
#if defined(__x86_64__)
  const auto add = [&](const char *name, bool has) {
    if (has) list += (list.empty() ? "" : ",") + json_text(name);
  };
  add("avx2", __builtin_cpu_supports("avx2"));
  add("avx512f", __builtin_cpu_supports("avx512f"));
  add("avx512_bf16", __builtin_cpu_supports("avx512bf16"));
#endif
  return "[" + list + "]";
}

void copy_out(const std::string &text, char *out, uint32_t cap) {
  if (text.size() + 1 > cap) throw std::runtime_error("the buffer is too small");
  std::memcpy(out, text.c_str(), text.size() + 1);
}

}  // namespace

void on_executor(const std::function<void()> &job) { executor().run(job); }

void *cuda_library() { return opened_cuda; }

namespace {

// Only the executor computes with several threads. OpenMP counts the teams of all threads together, and
// with more members than processors its workers sleep instead of spinning between two operators: a second
// team on the event loop's thread made training steps a fifth slower. So that thread stays alone.
void use_threads(int threads) {
  at::set_num_threads(1);  // the calling thread; libtorch keeps the number per thread
  on_executor([&] { at::set_num_threads(threads); });
}

}  // namespace

}  // namespace csn

using namespace csn;

#define CSN_TEXT_OF(x) #x
#define CSN_TEXT(x) CSN_TEXT_OF(x)

static const char built_for[] =
    CSN_TEXT(TORCH_VERSION_MAJOR) "." CSN_TEXT(TORCH_VERSION_MINOR) "." CSN_TEXT(TORCH_VERSION_PATCH);

uint32_t csn_abi_version(void) { return CSN_ABI_VERSION; }

int32_t csn_built_for(char *out, uint32_t cap) {
  return guarded<int32_t>(-1, nullptr, 0, [&] {
    copy_out(built_for, out, cap);
    return 0;
  });
}

int32_t csn_init(const char *libtorch_folder, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    const std::string running = running_version();
    if (!running.empty() && running != built_for) {
      throw std::runtime_error("the shim was built for libtorch " + std::string(built_for) + ", libtorch " +
                               running + " was loaded");
    }
    std::call_once(started, [&] {
      // Leaked, as the executor: memory is freed through it until the very end.
      c10::SetCPUAllocator(new CountingAllocator(), /*priority=*/255);
      open_cuda(libtorch_folder);
      use_threads(at::get_num_threads());
    });
    return 0;
  });
}

int32_t csn_describe(char *out, uint32_t cap, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    std::string reason = cuda_reason;
    int devices = 0;
    if (reason.empty()) {
      try {
        devices = static_cast<int>(at::detail::getCUDAHooks().deviceCount());
        if (devices == 0) reason = "no NVIDIA driver or no CUDA device was found";
      } catch (const std::exception &error) {
        reason = error.what();
      }
    }
    copy_out("{\"libtorch\":" + json_text(built_for) + ",\"capability\":" +
                 json_text(at::get_cpu_capability()) + ",\"processor\":" + processor_features() + ",\"threads\":" +
                 std::to_string(csn_threads()) + ",\"cuda\":{\"devices\":" +
                 std::to_string(devices) + ",\"reason\":" + json_text(reason) + "}}",
             out, cap);
    return 0;
  });
}

int32_t csn_set_threads(uint32_t threads, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    if (threads == 0) throw std::runtime_error("the number of threads must be at least 1");
    use_threads(static_cast<int>(threads));
    return 0;
  });
}

uint32_t csn_threads(void) {
  return guarded<uint32_t>(0, nullptr, 0, [&] {
    uint32_t threads = 0;
    on_executor([&] { threads = static_cast<uint32_t>(at::get_num_threads()); });
    return threads;
  });
}

double csn_live_bytes(void) { return static_cast<double>(live_bytes.load()); }

int32_t csn_cuda_memory(const char *device, double *out, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    cuda_memory(c10::Device(device), out);
    return 0;
  });
}

void csn_exit(int32_t code) {
  std::fflush(nullptr);
  _exit(code);
}
