// Which address of this machine other machines reach it by. No torch: it includes the system's sockets only.
#include "local_address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <stdexcept>

#include "csn.h"

namespace {

std::string text_of(const sockaddr *address, socklen_t bytes) {
  char text[NI_MAXHOST];
  const int status = getnameinfo(address, bytes, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return status == 0 ? text : "";
}

bool is_loopback(const sockaddr *address) {
  if (address->sa_family == AF_INET) {
    const auto *v4 = reinterpret_cast<const sockaddr_in *>(address);
    return (ntohl(v4->sin_addr.s_addr) >> 24) == 127;
  }
  const auto *v6 = reinterpret_cast<const sockaddr_in6 *>(address);
  return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) != 0;
}

// The address that the system would send from to `found`. Connecting a datagram socket sends nothing.
std::string address_towards(const addrinfo &found) {
  const int handle = socket(found.ai_family, SOCK_DGRAM, 0);
  if (handle < 0) return "";
  sockaddr_storage own{};
  socklen_t bytes = sizeof own;
  const bool known = connect(handle, found.ai_addr, found.ai_addrlen) == 0 &&
                     getsockname(handle, reinterpret_cast<sockaddr *>(&own), &bytes) == 0;
  close(handle);
  const auto *address = reinterpret_cast<const sockaddr *>(&own);
  return known && !is_loopback(address) ? text_of(address, bytes) : "";
}

// Where the first rank's name is that of this machine, the way to it is the loopback (Debian: 127.0.1.1), by which
// no other machine comes.
std::string first_of_this_machine() {
  ifaddrs *list = nullptr;
  if (getifaddrs(&list) != 0) return "";
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs *)> owned(list, freeifaddrs);
  for (const int family : {AF_INET, AF_INET6}) {
    for (const ifaddrs *each = list; each != nullptr; each = each->ifa_next) {
      const bool is_up = (each->ifa_flags & IFF_UP) != 0 && (each->ifa_flags & IFF_LOOPBACK) == 0;
      if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != family || !is_up) continue;
      const socklen_t bytes = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
      const std::string text = text_of(each->ifa_addr, bytes);
      // Addresses of one link need its name beside them, which other machines call otherwise.
      if (!text.empty() && text.find('%') == std::string::npos) return text;
    }
  }
  return "";
}

}  // namespace

namespace csn {

std::string local_address(const std::string &host) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo *list = nullptr;
  const int status = getaddrinfo(host.c_str(), "9", &wanted, &list);
  if (status != 0) throw std::runtime_error("the host \"" + host + "\" is not known: " + gai_strerror(status));
  const std::unique_ptr<addrinfo, void (*)(addrinfo *)> owned(list, freeaddrinfo);
  for (const addrinfo *each = list; each != nullptr; each = each->ai_next) {
    const std::string text = address_towards(*each);
    if (!text.empty()) return text;
  }
  const std::string own = first_of_this_machine();
  if (own.empty()) throw std::runtime_error("this machine has no address by which others reach it");
  return own;
}

}  // namespace csn

int32_t csn_group_address(const char *host, char *out, uint32_t cap) {
  try {
    const std::string address = csn::local_address(host);
    if (address.size() + 1 > cap) return -1;
    std::memcpy(out, address.c_str(), address.size() + 1);
    return 0;
  } catch (const std::exception &error) {
    std::strncpy(out, error.what(), cap - 1);
    out[cap - 1] = '\0';
    return -1;
  }
}
