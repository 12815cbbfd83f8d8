// Which address of this machine other machines reach it by.
#pragma once

#include <string>

namespace csn {

// The address that this machine sends from to `host`, as numbers. Throws where there is none.
std::string local_address(const std::string &host);

}  // namespace csn
