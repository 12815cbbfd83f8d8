// One process group a process, of libtorch's own distributed engine (c10d), made without Python.
#if __has_include(<torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>)
#define USE_C10D_GLOO 1
#include <ATen/ATen.h>
#include <c10/util/Logging.h>
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "local_address.h"
#include "nccl_backend.h"
#include "reduced_backward.h"
#include "shim.h"

namespace csn {
namespace {

using std::chrono::milliseconds;

struct Group {
  int rank = 0, world = 1;
  milliseconds timeout{0};
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<c10d::Backend> cpu;
  c10::intrusive_ptr<c10d::Backend> cuda;  // where the rank computes on a CUDA device
};

// Leaked where the process ends without closing it: its threads must not be joined by destructors of statics.
Group *opened = nullptr;

Group &group() {
  if (opened == nullptr || !opened->cpu) throw std::runtime_error("no process group is open");
  return *opened;
}

// It outlives the connections: what a rank says when they have failed is still heard.
c10::intrusive_ptr<c10d::Store> store_of_group() {
  if (opened == nullptr) throw std::runtime_error("no process group is open");
  return opened->store;
}

c10d::Backend &backend_of(const at::Tensor &tensor) {
  if (tensor.is_cpu()) return *group().cpu;
  if (!tensor.is_cuda() || !group().cuda) {
    throw std::runtime_error("the process group was opened for another device than " + tensor.device().str());
  }
  return *group().cuda;
}

void wait(const c10::intrusive_ptr<c10d::Work> &work) {
  if (!work->wait(group().timeout)) throw std::runtime_error("a collective operation was not completed");
}

milliseconds milliseconds_of(double seconds) { return milliseconds(static_cast<int64_t>(seconds * 1000)); }

c10::intrusive_ptr<c10d::Store> open_store(const std::string &place, bool serve, uint32_t world, milliseconds timeout) {
  if (place.rfind("file:", 0) == 0) {
    return c10::make_intrusive<c10d::FileStore>(place.substr(5), static_cast<int>(world));
  }
  const size_t colon = place.find(':', 4);
  if (place.rfind("tcp:", 0) != 0 || colon == std::string::npos) throw std::runtime_error("unknown store \"" + place + "\"");
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(std::stoul(place.substr(4, colon - 4)));
  options.isServer = serve;
  options.waitWorkers = false;
  // Deno exports uv_* for addons of Node; they would take the place of the libuv in libtorch: a crash.
  options.useLibUV = false;
  options.timeout = timeout;
  return c10::make_intrusive<c10d::TCPStore>(place.substr(colon + 1), options);
}

std::string key_of(const char *what, int rank) { return std::string(what) + "/" + std::to_string(rank); }

// Asks the store, which never answers where the process hangs that serves it: then an error after `patience`, and
// the thread that waits is left behind.
template <typename Result>
Result ask(milliseconds patience, std::function<Result(c10d::Store &)> question) {
  auto answer = std::make_shared<std::promise<Result>>();
  std::future<Result> future = answer->get_future();
  std::thread([store = store_of_group(), question, answer] {
    try {
      answer->set_value(question(*store));
    } catch (...) {
      answer->set_exception(std::current_exception());
    }
  }).detach();
  if (future.wait_for(patience) == std::future_status::ready) return future.get();
  throw std::runtime_error("the store in which the processes met does not answer");
}

// Within what a store answers that has not to wait for anybody.
constexpr milliseconds at_once{3000};

// Says in the store that this rank is where it is, and returns the others that did not within `patience`.
std::vector<int> not_at(c10d::Store &store, const char *what, int mine, int world, milliseconds patience) {
  store.set(key_of(what, mine), std::string("1"));
  const auto end = std::chrono::steady_clock::now() + patience;
  std::vector<int> missing;
  for (int rank = 0; rank < world; ++rank) {
    while (!store.check({key_of(what, rank)})) {
      if (std::chrono::steady_clock::now() >= end) {
        missing.push_back(rank);
        break;
      }
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
  return missing;
}

std::vector<int> missing_at(const char *what, milliseconds patience) {
  const int mine = opened->rank, world = opened->world;
  return ask<std::vector<int>>(patience + at_once, [=](c10d::Store &store) { return not_at(store, what, mine, world, patience); });
}

std::string ranks_text(const std::vector<int> &ranks) {
  std::string text;
  for (const int rank : ranks) text += (text.empty() ? "" : ", ") + std::to_string(rank);
  return text;
}

void meet_all() {
  const std::vector<int> missing = missing_at("here", opened->timeout);
  if (missing.empty()) return;
  throw std::runtime_error("missing ranks: " + ranks_text(missing));
}

c10::intrusive_ptr<c10d::Backend> make_gloo(const std::string &place, bool local) {
  auto options = c10d::ProcessGroupGloo::Options::create(opened->timeout);
  const char *const interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (local) {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  } else if (interface != nullptr && *interface != '\0') {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(interface));
  } else {
    const std::string host = place.substr(place.find(':', 4) + 1);
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(local_address(host)));
  }
  options->threads = 2;
  return c10::make_intrusive<c10d::ProcessGroupGloo>(c10::make_intrusive<c10d::PrefixStore>("gloo", opened->store),
                                                     opened->rank, opened->world, options);
}

void close_group() {
  delete opened;
  opened = nullptr;
}

void open_group(const char *place, bool serve, const char *prefix, uint32_t rank, uint32_t world, bool local,
                const c10::Device device, double seconds) {
  if (opened != nullptr) throw std::runtime_error("a process group is open already");
  // c10d's own warnings: what fails is an error anyway.
  setenv("TORCH_CPP_LOG_LEVEL", "FATAL", /*replace=*/0);
  c10::initLogging();
  auto made = std::make_unique<Group>();
  made->rank = static_cast<int>(rank);
  made->world = static_cast<int>(world);
  made->timeout = milliseconds_of(seconds);
  auto store = open_store(place, serve, world, made->timeout);
  store->setTimeout(made->timeout);
  made->store = c10::make_intrusive<c10d::PrefixStore>(prefix, store);
  opened = made.release();
  try {
    meet_all();
    opened->cpu = make_gloo(place, local);
    if (device.is_cuda()) {
      opened->cuda = make_nccl(cuda_library(), c10::make_intrusive<c10d::PrefixStore>("nccl", opened->store), opened->rank,
                               opened->world, opened->timeout);
    }
  } catch (...) {
    close_group();
    throw;
  }
}

std::vector<at::Tensor> tensors_of(const csn_tensor *handles, uint32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (uint32_t i = 0; i < count; ++i) tensors.push_back(get(handles[i]));
  return tensors;
}

void broadcast(const at::Tensor &tensor) {
  if (tensor.numel() == 0) return;
  std::vector<at::Tensor> list{flat_view(tensor.detach())};
  wait(backend_of(tensor).broadcast(list));
}

std::vector<at::Tensor> gather_equal(const at::Tensor &mine) {
  std::vector<at::Tensor> all;
  for (int rank = 0; rank < group().world; ++rank) all.push_back(at::empty_like(mine));
  std::vector<std::vector<at::Tensor>> outputs{all};
  std::vector<at::Tensor> inputs{mine};
  wait(backend_of(mine).allgather(outputs, inputs));
  return all;
}

at::Tensor gather_rows(const at::Tensor &rows) {
  const auto counts = gather_equal(at::full({1}, rows.size(0), at::TensorOptions(at::kLong)));
  int64_t most = 0;
  for (const at::Tensor &count : counts) most = std::max(most, count.item<int64_t>());
  std::vector<int64_t> sizes = rows.sizes().vec();
  sizes[0] = most;
  at::Tensor padded = at::zeros(sizes, rows.options());
  padded.narrow(0, 0, rows.size(0)).copy_(rows);
  if (padded.numel() == 0) return padded;
  std::vector<at::Tensor> parts = gather_equal(padded);
  for (size_t rank = 0; rank < parts.size(); ++rank) parts[rank] = parts[rank].narrow(0, 0, counts[rank].item<int64_t>());
  return at::cat(parts);
}

void sum(double *numbers, int64_t count) {
  std::vector<at::Tensor> list{at::from_blob(numbers, {count}, at::TensorOptions(at::kDouble))};
  wait(group().cpu->allreduce(list));
}

}  // namespace
}  // namespace csn

using namespace csn;

int32_t csn_group_open(const char *store, uint8_t serve, const char *prefix, uint32_t rank, uint32_t world, uint8_t local,
                       const char *device, double timeout, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    open_group(store, serve != 0, prefix, rank, world, local != 0, c10::Device(device), timeout);
    return 0;
  });
}

int32_t csn_group_missing(double seconds, uint32_t *ranks, uint32_t cap, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    store_of_group();
    // Closed connections are what the others notice the failure by.
    opened->cuda.reset();
    opened->cpu.reset();
    const std::vector<int> missing = missing_at("gone", milliseconds_of(seconds));
    for (size_t i = 0; i < missing.size() && i < cap; ++i) ranks[i] = static_cast<uint32_t>(missing[i]);
    return static_cast<int32_t>(missing.size());
  });
}

int32_t csn_group_broadcast(const csn_tensor *tensors, uint32_t count, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    on_executor([&] {
      const c10::AutoGradMode no_grad(false);
      for (const at::Tensor &tensor : tensors_of(tensors, count)) broadcast(tensor);
    });
    return 0;
  });
}

csn_tensor csn_group_gather(csn_tensor rows, char *err, uint32_t err_cap) {
  return guarded<csn_tensor>(0, err, err_cap, [&] {
    csn_tensor gathered = 0;
    on_executor([&] {
      const c10::AutoGradMode no_grad(false);
      const at::Tensor mine = get(rows).detach().contiguous();
      if (mine.dim() == 0) throw std::runtime_error("rows are gathered, found a single number");
      gathered = put(gather_rows(mine));
    });
    return gathered;
  });
}

int32_t csn_group_sum(double *numbers, uint32_t count, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    on_executor([&] { sum(numbers, count); });
    return 0;
  });
}

int32_t csn_group_backward(csn_tensor loss, const csn_tensor *parameters, uint32_t count, double share, double bucket_bytes,
                           double *numbers, uint32_t numbers_count, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    on_executor([&] {
      const c10::AutoGradMode mode(true);
      const at::Tensor end = get(loss);
      ReducedBackward(backend_of(end), wait, share).run(end, tensors_of(parameters, count), bucket_bytes, numbers, numbers_count);
    });
    return 0;
  });
}

int32_t csn_group_tell(const char *key, const char *text, double seconds, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    return ask<int32_t>(milliseconds_of(seconds), [key = std::string(key), text = std::string(text)](c10d::Store &store) {
      store.set(key, text);
      return 0;
    });
  });
}

int32_t csn_group_told(const char *key, char *out, uint32_t cap, double seconds, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-2, err, err_cap, [&]() -> int32_t {
    const auto text = ask<std::optional<std::vector<uint8_t>>>(
        milliseconds_of(seconds), [key = std::string(key)](c10d::Store &store) -> std::optional<std::vector<uint8_t>> {
          // Asked for what is not there, a store waits.
          if (!store.check({key})) return std::nullopt;
          return store.get(key);
        });
    if (!text) return -1;
    const size_t length = std::min<size_t>(text->size(), cap - 1);
    std::copy_n(text->begin(), length, out);
    out[length] = '\0';
    return static_cast<int32_t>(length);
  });
}

double csn_group_count(const char *key, double amount, double seconds, char *err, uint32_t err_cap) {
  return guarded<double>(std::nan(""), err, err_cap, [&] {
    return ask<double>(milliseconds_of(seconds), [key = std::string(key), amount](c10d::Store &store) {
      return static_cast<double>(store.add(key, static_cast<int64_t>(amount)));
    });
  });
}

int32_t csn_group_close(char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    close_group();
    return 0;
  });
}

#else
// A libtorch that an older csn unpacked has not these headers.
#include <cmath>

#include "shim.h"

namespace {

int32_t refuse(char *err, uint32_t err_cap) {
  csn::report("this libtorch has no headers of its distributed engine (include/torch/csrc/distributed)", err, err_cap);
  return -1;
}

}  // namespace

int32_t csn_group_open(const char *, uint8_t, const char *, uint32_t, uint32_t, uint8_t, const char *, double, char *err,
                       uint32_t err_cap) {
  return refuse(err, err_cap);
}
int32_t csn_group_missing(double, uint32_t *, uint32_t, char *err, uint32_t err_cap) { return refuse(err, err_cap); }
int32_t csn_group_broadcast(const csn_tensor *, uint32_t, char *err, uint32_t err_cap) { return refuse(err, err_cap); }
csn_tensor csn_group_gather(csn_tensor, char *err, uint32_t err_cap) { return refuse(err, err_cap) + 1; }
int32_t csn_group_sum(double *, uint32_t, char *err, uint32_t err_cap) { return refuse(err, err_cap); }
int32_t csn_group_backward(csn_tensor, const csn_tensor *, uint32_t, double, double, double *, uint32_t, char *err,
                           uint32_t err_cap) {
  return refuse(err, err_cap);
}
int32_t csn_group_tell(const char *, const char *, double, char *err, uint32_t err_cap) { return refuse(err, err_cap); }
int32_t csn_group_told(const char *, char *, uint32_t, double, char *err, uint32_t err_cap) { return refuse(err, err_cap) - 1; }
double csn_group_count(const char *, double, double, char *err, uint32_t err_cap) { return refuse(err, err_cap) * std::nan(""); }
int32_t csn_group_close(char *, uint32_t) { return 0; }
#endif
