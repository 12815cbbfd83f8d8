// libtorch's ProcessGroupGloo.hpp names types of gloo, whose headers libtorch does not bring. The shim makes
// none of them and calls none: to compile, that they are declared is enough.
#pragma once

namespace gloo::transport {
class Device;
class UnboundBuffer;
}  // namespace gloo::transport
