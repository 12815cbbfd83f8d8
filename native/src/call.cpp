// One generic call of any operator that libtorch's dispatcher knows; arguments are coerced by its schema.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <mutex>
#include <unordered_map>

#include "shim.h"

namespace csn {
namespace {

enum Tag : uint8_t {
  tag_none, tag_default, tag_tensor, tag_int, tag_double, tag_bool, tag_string,
  tag_tensors, tag_ints, tag_doubles, tag_bools, tag_count
};

const char *const tag_names[] = {"nothing", "a default", "a tensor", "an integer", "a number",
                                 "a boolean", "a text", "a list of tensors", "a list of integers",
                                 "a list of numbers", "a list of booleans"};

class Reader {
 public:
  Reader(const uint8_t *at, uint32_t bytes) : at_(at), end_(at + bytes) {}
  bool empty() const { return at_ == end_; }

  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, skip(sizeof(T)), sizeof(T));
    return value;
  }

  std::string text() {
    const auto length = take<uint32_t>();
    return std::string(reinterpret_cast<const char *>(skip(length)), length);
  }

 private:
  const uint8_t *skip(size_t bytes) {
    if (static_cast<size_t>(end_ - at_) < bytes) throw std::runtime_error("the arguments are cut off");
    const uint8_t *here = at_;
    at_ += bytes;
    return here;
  }

  const uint8_t *at_, *const end_;
};

// One decoded argument, before the schema says what it should be.
struct Given {
  Tag tag = tag_none;
  int64_t integer = 0;
  double number = 0;
  std::string text;
  std::vector<at::Tensor> tensors;
  std::vector<c10::IValue> items;
};

Given decode(Reader &reader) {
  Given given;
  const auto tag = reader.take<uint8_t>();
  if (tag >= tag_count) throw std::runtime_error("unknown argument tag " + std::to_string(tag));
  given.tag = static_cast<Tag>(tag);
  switch (given.tag) {
    case tag_none: case tag_default: case tag_count: break;
    case tag_tensor: given.tensors.push_back(get(reader.take<csn_tensor>())); break;
    case tag_int: given.integer = reader.take<int64_t>(); break;
    case tag_double: given.number = reader.take<double>(); break;
    case tag_bool: given.integer = reader.take<uint8_t>() != 0; break;
    case tag_string: given.text = reader.text(); break;
    case tag_tensors:
      for (auto n = reader.take<uint32_t>(); n > 0; --n) {
        given.tensors.push_back(get_or_undefined(reader.take<csn_tensor>()));
      }
      break;
    case tag_ints:
      for (auto n = reader.take<uint32_t>(); n > 0; --n) given.items.emplace_back(reader.take<int64_t>());
      break;
    case tag_doubles:
      for (auto n = reader.take<uint32_t>(); n > 0; --n) given.items.emplace_back(reader.take<double>());
      break;
    case tag_bools:
      for (auto n = reader.take<uint32_t>(); n > 0; --n) {
        given.items.emplace_back(reader.take<uint8_t>() != 0);
      }
      break;
  }
  return given;
}

const std::unordered_map<std::string, at::ScalarType> dtypes = {
    {"uint8", at::kByte}, {"int8", at::kChar}, {"int16", at::kShort}, {"int32", at::kInt},
    {"int64", at::kLong}, {"float16", at::kHalf}, {"float32", at::kFloat}, {"float64", at::kDouble},
    {"complex64", at::kComplexFloat}, {"complex128", at::kComplexDouble}, {"bool", at::kBool},
    {"bfloat16", at::kBFloat16}};

const std::unordered_map<std::string, at::MemoryFormat> memory_formats = {
    {"contiguous", at::MemoryFormat::Contiguous}, {"preserve", at::MemoryFormat::Preserve},
    {"channels_last", at::MemoryFormat::ChannelsLast},
    {"channels_last_3d", at::MemoryFormat::ChannelsLast3d}};

template <typename Value>
int64_t named(const std::unordered_map<std::string, Value> &names, const std::string &name, const char *kind) {
  const auto found = names.find(name);
  if (found == names.end()) throw std::runtime_error("\"" + name + "\" is no " + kind);
  return static_cast<int64_t>(found->second);
}

[[noreturn]] void mismatch(const Given &given, const c10::TypePtr &type) {
  std::string found = tag_names[given.tag];
  if (given.tag == tag_string) found += " \"" + given.text + "\"";
  throw std::runtime_error("it must be " + type->str() + ", found " + found);
}

int64_t as_integer(const Given &given, const c10::TypePtr &type) {
  if (given.tag == tag_int || given.tag == tag_bool) return given.integer;
  mismatch(given, type);
}

double as_double(const Given &given, const c10::TypePtr &type) {
  if (given.tag == tag_double) return given.number;
  return static_cast<double>(as_integer(given, type));
}

c10::IValue as_scalar(const Given &given, const c10::TypePtr &type) {
  if (given.tag == tag_double) return given.number;
  if (given.tag == tag_bool) return given.integer != 0;
  return as_integer(given, type);
}

c10::IValue convert(const Given &given, const c10::TypePtr &type, std::optional<int32_t> length);

c10::IValue convert_list(const Given &given, const c10::TypePtr &type, std::optional<int32_t> length) {
  const c10::TypePtr element = type->castRaw<c10::ListType>()->getElementType();
  // An empty list has no element type of its own.
  const bool fits_tensors = given.tag == tag_tensors || (given.tag == tag_ints && given.items.empty());
  if (element->kind() == c10::TypeKind::TensorType) {
    if (!fits_tensors) mismatch(given, type);
    for (const at::Tensor &tensor : given.tensors) {
      if (!tensor.defined()) throw std::runtime_error("it must be " + type->str() + ", found nothing among its tensors");
    }
    return c10::List<at::Tensor>(given.tensors);
  }
  if (element->kind() == c10::TypeKind::OptionalType) {
    if (!fits_tensors) mismatch(given, type);
    c10::List<std::optional<at::Tensor>> list;
    for (const at::Tensor &tensor : given.tensors) {
      list.push_back(tensor.defined() ? std::optional<at::Tensor>(tensor) : std::nullopt);
    }
    return list;
  }
  std::vector<c10::IValue> items = given.items;
  if (given.tag == tag_int || given.tag == tag_double || given.tag == tag_bool) {
    // As in Python: one number stands for all places of a list of fixed length (int[2] stride=1).
    items.assign(length.value_or(1), as_scalar(given, element));
  } else if (given.tag != tag_ints && given.tag != tag_doubles && given.tag != tag_bools) {
    mismatch(given, type);
  }
  switch (element->kind()) {
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: {
      c10::List<int64_t> list;
      for (const c10::IValue &item : items) {
        if (!item.isInt()) mismatch(given, type);
        list.push_back(item.toInt());
      }
      return list;
    }
    case c10::TypeKind::FloatType: {
      c10::List<double> list;
      for (const c10::IValue &item : items) {
        if (!item.isInt() && !item.isDouble()) mismatch(given, type);
        list.push_back(item.isInt() ? static_cast<double>(item.toInt()) : item.toDouble());
      }
      return list;
    }
    case c10::TypeKind::BoolType: {
      c10::List<bool> list;
      for (const c10::IValue &item : items) {
        if (!item.isBool()) mismatch(given, type);
        list.push_back(item.toBool());
      }
      return list;
    }
    case c10::TypeKind::NumberType: {
      c10::List<at::Scalar> list;
      for (const c10::IValue &item : items) list.push_back(item.toScalar());
      return list;
    }
    default: mismatch(given, type);
  }
}

c10::IValue convert(const Given &given, const c10::TypePtr &type, std::optional<int32_t> length) {
  switch (type->kind()) {
    case c10::TypeKind::OptionalType:
      if (given.tag == tag_none) return {};
      return convert(given, type->castRaw<c10::OptionalType>()->getElementType(), length);
    case c10::TypeKind::TensorType:
      if (given.tag != tag_tensor) mismatch(given, type);
      return given.tensors.front();
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return as_integer(given, type);
    case c10::TypeKind::FloatType: return as_double(given, type);
    case c10::TypeKind::BoolType:
      if (given.tag != tag_bool) mismatch(given, type);
      return given.integer != 0;
    case c10::TypeKind::NumberType: return as_scalar(given, type);
    case c10::TypeKind::StringType:
      if (given.tag != tag_string) mismatch(given, type);
      return given.text;
    case c10::TypeKind::ScalarTypeType:
      if (given.tag != tag_string) mismatch(given, type);
      return named(dtypes, given.text, "dtype");
    case c10::TypeKind::MemoryFormatType:
      if (given.tag != tag_string) mismatch(given, type);
      return named(memory_formats, given.text, "memory format");
    case c10::TypeKind::LayoutType:
      if (given.tag != tag_string || given.text != "strided") mismatch(given, type);
      return static_cast<int64_t>(at::kStrided);
    case c10::TypeKind::DeviceObjType:
      if (given.tag != tag_string) mismatch(given, type);
      return c10::Device(given.text);
    case c10::TypeKind::ListType: return convert_list(given, type, length);
    default: mismatch(given, type);
  }
}

// The IntType of the plain type hides that a dtype, layout or memory format is meant; real_type shows it.
c10::IValue convert_argument(const Given &given, const c10::Argument &argument) {
  if (given.tag == tag_default) {
    if (!argument.default_value()) throw std::runtime_error("it has no default");
    return *argument.default_value();
  }
  return convert(given, argument.real_type(), argument.N());
}

std::vector<c10::IValue> read_arguments(const c10::FunctionSchema &schema, Reader reader, std::string &shapes) {
  std::vector<c10::IValue> stack;
  for (const c10::Argument &argument : schema.arguments()) {
    Given given;
    given.tag = tag_default;
    try {
      if (!reader.empty()) given = decode(reader);
      for (const at::Tensor &tensor : given.tensors) {
        shapes += (shapes.empty() ? "" : ", ") + shape_text(tensor);
      }
      stack.push_back(convert_argument(given, argument));
    } catch (const std::exception &error) {
      throw std::runtime_error("argument \"" + argument.name() + "\": " + error.what());
    }
  }
  if (!reader.empty()) {
    throw std::runtime_error("too many arguments: it takes " + std::to_string(schema.arguments().size()));
  }
  return stack;
}

void add_result(const c10::IValue &value, std::vector<at::Tensor> &results) {
  if (value.isTensor()) {
    results.push_back(value.toTensor());
  } else if (value.isTensorList()) {
    for (const at::Tensor &tensor : value.toTensorVector()) results.push_back(tensor);
  } else if (value.isList()) {
    for (const c10::IValue &item : value.toListRef()) add_result(item, results);
  } else if (value.isDouble()) {
    results.push_back(at::scalar_tensor(value.toDouble(), at::kDouble));
  } else if (value.isBool()) {
    results.push_back(at::scalar_tensor(value.toBool(), at::kBool));
  } else if (value.isInt()) {
    results.push_back(at::scalar_tensor(value.toInt(), at::kLong));
  } else if (!value.isNone()) {
    throw std::runtime_error("it gives a result that is no tensor: " + value.tagKind());
  }
}

// The tensors that an operator's schema says it writes. At its end each has a higher version than before, also
// when the call failed halfway: some operators (_fused_adam_ among them) leave versions as they are.
class Written {
 public:
  Written(const c10::FunctionSchema &schema, const std::vector<c10::IValue> &stack) {
    for (size_t i = 0; i < stack.size(); ++i) {
      const c10::AliasInfo *const alias = schema.arguments()[i].alias_info();
      if (alias != nullptr && alias->isWrite()) add(stack[i]);
    }
  }
  ~Written() {
    for (const Entry &entry : entries_) {
      c10::TensorImpl *const tensor = entry.tensor.unsafeGetTensorImpl();
      // Only where it is needed: autograd takes a second raise for a second change.
      if (tensor->version_counter().current_version() == entry.version) tensor->bump_version();
    }
  }
  Written(const Written &) = delete;

 private:
  struct Entry {
    at::Tensor tensor;
    uint32_t version;
  };

  void add(const c10::IValue &value) {
    if (value.isTensor()) {
      const at::Tensor &tensor = value.toTensor();
      // Tensors of inference mode have no version.
      if (tensor.defined() && !tensor.is_inference()) {
        entries_.push_back({tensor, tensor.unsafeGetTensorImpl()->version_counter().current_version()});
      }
    } else if (value.isTensorList()) {
      for (const at::Tensor &tensor : value.toTensorVector()) add(tensor);
    } else if (value.isList()) {
      for (const c10::IValue &item : value.toListRef()) add(item);
    }
  }

  std::vector<Entry> entries_;
};

// All or none: when one gets no handle, those before it are freed.
void put_all(const std::vector<at::Tensor> &results, csn_tensor *out) {
  size_t given = 0;
  try {
    for (; given < results.size(); ++given) out[given] = put(results[given]);
  } catch (...) {
    while (given > 0) {
      if (out[--given] != 0) release(out[given]);
    }
    throw;
  }
}

std::mutex operators_mutex;
// Never destroyed: a call may still run when the process ends.
auto &operators = *new std::deque<c10::OperatorHandle>();  // number - 1
auto &operator_numbers = *new std::unordered_map<std::string, uint32_t>();

const c10::OperatorHandle &operator_at(uint32_t number) {
  const std::lock_guard<std::mutex> lock(operators_mutex);
  if (number == 0 || number > operators.size()) throw std::runtime_error("no such operator number");
  return operators[number - 1];  // a deque does not move its elements
}

int32_t call(uint32_t op, const uint8_t *args, uint32_t args_bytes, bool grad, csn_tensor *out, uint32_t cap) {
  const c10::OperatorHandle &handle = operator_at(op);
  std::string shapes;
  try {
    c10::AutoGradMode mode(grad);
    std::vector<c10::IValue> stack = read_arguments(handle.schema(), Reader(args, args_bytes), shapes);
    {
      const Written written(handle.schema(), stack);
      handle.callBoxed(stack);
    }
    std::vector<at::Tensor> results;
    for (const c10::IValue &value : stack) add_result(value, results);
    if (results.size() > cap) throw std::runtime_error("it gives " + std::to_string(results.size()) + " results, there is room for " + std::to_string(cap));
    put_all(results, out);
    return static_cast<int32_t>(results.size());
  } catch (const c10::Error &error) {
    throw std::runtime_error(toString(handle.operator_name()) + "(" + shapes + "): " + error.what_without_backtrace());
  } catch (const std::exception &error) {
    throw std::runtime_error(toString(handle.operator_name()) + "(" + shapes + "): " + error.what());
  }
}

}  // namespace
}  // namespace csn

using namespace csn;

uint32_t csn_operator(const char *name, char *err, uint32_t err_cap) {
  return guarded<uint32_t>(0, err, err_cap, [&] {
    const std::lock_guard<std::mutex> lock(operators_mutex);
    const auto known = operator_numbers.find(name);
    if (known != operator_numbers.end()) return known->second;
    const std::string full(name);
    const size_t dot = full.find('.');
    const std::string overload = dot == std::string::npos ? "" : full.substr(dot + 1);
    const auto found = c10::Dispatcher::singleton().findSchema({full.substr(0, dot), overload});
    if (!found) throw std::runtime_error("libtorch has no operator \"" + full + "\"");
    operators.push_back(*found);
    const auto number = static_cast<uint32_t>(operators.size());
    operator_numbers.emplace(full, number);
    return number;
  });
}

int32_t csn_call(uint32_t op, const uint8_t *args, uint32_t args_bytes, uint8_t grad, csn_tensor *results,
                 uint32_t results_cap, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] { return call(op, args, args_bytes, grad != 0, results, results_cap); });
}

int32_t csn_call_async(uint32_t op, const uint8_t *args, uint32_t args_bytes, uint8_t grad, csn_tensor *results,
                       uint32_t results_cap, char *err, uint32_t err_cap) {
  return guarded<int32_t>(-1, err, err_cap, [&] {
    int32_t count = -1;
    on_executor([&] { count = call(op, args, args_bytes, grad != 0, results, results_cap); });
    return count;
  });
}
