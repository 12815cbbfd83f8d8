// NCCL's backend of libtorch's distributed engine, without its header, which needs CUDA's and NCCL's.
#pragma once

#include <dlfcn.h>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/Store.hpp>

#include <cstring>
#include <stdexcept>
#include <string>

namespace csn {

// libtorch_cuda's two constructors are reached by their names; a libtorch that has others has not these: an
// error, no crash. Both objects get more room than they need, because their sizes are not known here (256 and
// 1,152 bytes in libtorch 2.13), and are used through their base classes alone.
constexpr size_t nccl_room = 64 * 1024;
constexpr const char *nccl_options_name = "_ZN4c10d16ProcessGroupNCCL7OptionsC1Eb";
constexpr const char *nccl_backend_name =
    "_ZN4c10d16ProcessGroupNCCLC1EN3c1013intrusive_ptrINS_5StoreENS1_6detail34intrusive_target_default_null_"
    "typeIS3_EEEEiiNS2_INS0_7OptionsENS5_IS8_EEEE";

inline void *blank_room() {
  void *const memory = ::operator new(nccl_room);
  std::memset(memory, 0, nccl_room);
  return memory;
}

inline c10::intrusive_ptr<c10d::Backend> make_nccl(void *cuda_library, c10::intrusive_ptr<c10d::Store> store, int rank,
                                                   int world, std::chrono::milliseconds timeout) {
  using Options = c10d::Backend::Options;
  using NewOptions = void (*)(void *, bool);
  using NewBackend = void (*)(void *, c10::intrusive_ptr<c10d::Store>, int, int, c10::intrusive_ptr<Options>);
  const auto find = [&](const char *name) { return cuda_library == nullptr ? nullptr : dlsym(cuda_library, name); };
  const auto new_options = reinterpret_cast<NewOptions>(find(nccl_options_name));
  const auto new_backend = reinterpret_cast<NewBackend>(find(nccl_backend_name));
  if (new_options == nullptr || new_backend == nullptr) {
    throw std::runtime_error("this libtorch has no NCCL, or one of another form; train on the CPU, or with one process");
  }
  void *const options_memory = blank_room();
  new_options(options_memory, /*is_high_priority_stream=*/false);
  auto options = c10::intrusive_ptr<Options>::unsafe_steal_from_new(static_cast<Options *>(options_memory));
  options->timeout = timeout;
  void *const backend_memory = blank_room();
  new_backend(backend_memory, std::move(store), rank, world, options);
  return c10::intrusive_ptr<c10d::Backend>::unsafe_steal_from_new(static_cast<c10d::Backend *>(backend_memory));
}

}  // namespace csn
