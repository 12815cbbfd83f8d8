// libtorch's ProcessGroupGloo.hpp calls one function of this class, whose header libtorch does not bring. The shim
// makes no context and calls none: to compile, that it is declared is enough.
#pragma once

#include <chrono>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

}  // namespace gloo
