// What of the machine this process may use: processors, its affinity, its control groups' quotas. No torch.
#include <unistd.h>

#if defined(__linux__)
#include <sched.h>
#endif

#include <cstring>
#include <fstream>
#include <locale>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "csn.h"
#include "json_text.h"

namespace {

// A place where control groups are mounted: `root` is the group that is seen at `folder`.
struct Mount {
  std::string root, folder;
};

// Where this process stands among the groups that can limit processors.
struct Place {
  bool is_v2 = false;
  std::string group;
  Mount mount;
};

// The least quota that was found; no processors means none was.
struct Quota {
  double processors = 0;
  std::string group;
};

std::vector<std::string> lines_of(const std::string &path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool contains(const std::vector<std::string> &words, const std::string &word) {
  for (const std::string &each : words) {
    if (each == word) return true;
  }
  return false;
}

// mountinfo writes blanks, tabs, line ends and backslashes of paths as three octal digits.
std::string unescaped(const std::string &text) {
  std::string path;
  for (size_t at = 0; at < text.size(); at++) {
    const bool is_octal = text[at] == '\\' && at + 3 < text.size() &&
                          text.find_first_not_of("01234567", at + 1) > at + 3;
    if (is_octal) {
      path += static_cast<char>(std::stoi(text.substr(at + 1, 3), nullptr, 8));
      at += 3;
    } else {
      path += text[at];
    }
  }
  return path;
}

// Lines of /proc/self/mountinfo: number, parent, device, root, folder, options, more of them, "-", type, source,
// options of the type.
bool find_mount(const std::vector<std::string> &table, bool is_v2, Mount &found) {
  for (const std::string &line : table) {
    const size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    const std::vector<std::string> fields = split(line.substr(0, dash), ' ');
    const std::vector<std::string> type = split(line.substr(dash + 3), ' ');
    if (fields.size() < 5 || type.size() < 3) continue;
    const bool fits = is_v2 ? type[0] == "cgroup2" : type[0] == "cgroup" && contains(split(type[2], ','), "cpu");
    if (!fits) continue;
    found = {unescaped(fields[3]), unescaped(fields[4])};
    return true;
  }
  return false;
}

// Lines of /proc/self/cgroup: number, controllers, group, with colons between; v2 has number 0 and no
// controllers. Machines may have both versions at once.
std::vector<Place> find_places(const std::string &root) {
  const std::vector<std::string> table = lines_of(root + "/proc/self/mountinfo");
  std::vector<Place> places;
  for (const std::string &line : lines_of(root + "/proc/self/cgroup")) {
    const size_t first = line.find(':');
    const size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    Place place{controllers.empty(), line.substr(second + 1), {}};
    if (!place.is_v2 && !contains(split(controllers, ','), "cpu")) continue;
    if (find_mount(table, place.is_v2, place.mount)) places.push_back(place);
  }
  return places;
}

// The group below what is mounted: "/a/b", or "" for the mounted group itself. A container sees its own group
// mounted, while its process is listed under the machine's name of it, or under one that leads outside.
std::string below_mount(const Place &place) {
  std::string group = place.group;
  const std::string &root = place.mount.root;
  if (root != "/") {
    const bool is_inside = group.compare(0, root.size(), root) == 0 &&
                           (group.size() == root.size() || group[root.size()] == '/');
    group = is_inside ? group.substr(root.size()) : "";
  }
  return group == "/" || contains(split(group, '/'), "..") ? "" : group;
}

// A whole number that is alone in its text.
bool read_number(const std::string &text, double &number) {
  if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos) return false;
  number = std::stod(text);
  return true;
}

// Microseconds of computing allowed in each period: "quota period" or "max period" in one file of v2, a file
// each in v1, where -1 means none.
double quota_at(const std::string &folder, bool is_v2) {
  std::vector<std::string> words;
  const auto read = [&](const char *name) {
    const std::vector<std::string> lines = lines_of(folder + "/" + name);
    if (lines.empty()) return;
    for (const std::string &word : split(lines[0], ' ')) words.push_back(word);
  };
  if (is_v2) {
    read("cpu.max");
  } else {
    read("cpu.cfs_quota_us");
    read("cpu.cfs_period_us");
  }
  double quota = 0, period = 0;
  const bool is_limit = words.size() == 2 && read_number(words[0], quota) && read_number(words[1], period);
  return is_limit && quota > 0 && period > 0 ? quota / period : 0;
}

// Every group on the way up to what is mounted holds its part of the process down.
void narrow(const Place &place, const std::string &root, Quota &least) {
  for (std::string group = below_mount(place);; group.erase(group.rfind('/'))) {
    const double processors = quota_at(root + place.mount.folder + group, place.is_v2);
    if (processors > 0 && (least.processors == 0 || processors < least.processors)) {
      least = {processors, group.empty() ? "/" : group};
    }
    if (group.find('/') == std::string::npos) return;
  }
}

// Processors that the scheduler may put this thread on; 0 where that cannot be asked.
int allowed() {
#if defined(__linux__)
  // The kernel refuses a set that is smaller than its own.
  for (int most = 1024; most <= 1 << 20; most *= 2) {
    const std::unique_ptr<cpu_set_t, void (*)(cpu_set_t *)> set(CPU_ALLOC(most), [](cpu_set_t *old) { CPU_FREE(old); });
    if (set == nullptr) return 0;
    const size_t bytes = CPU_ALLOC_SIZE(most);
    CPU_ZERO_S(bytes, set.get());
    if (sched_getaffinity(0, bytes, set.get()) == 0) return CPU_COUNT_S(bytes, set.get());
  }
#endif
  return 0;
}

std::string describe(const std::string &root) {
  Quota quota;
  for (const Place &place : find_places(root)) narrow(place, root, quota);
  std::ostringstream text;
  text.imbue(std::locale::classic());
  text << "{\"processors\":" << sysconf(_SC_NPROCESSORS_ONLN) << ",\"allowed\":" << allowed()
       << ",\"quota\":" << quota.processors << ",\"group\":" << csn::json_text(quota.group) << "}";
  return text.str();
}

}  // namespace

int32_t csn_processors(const char *root, char *out, uint32_t cap) {
  try {
    const std::string text = describe(root);
    if (text.size() + 1 > cap) return -1;
    std::memcpy(out, text.c_str(), text.size() + 1);
    return 0;
  } catch (...) {
    return -1;
  }
}
