#include <string>

#include "pickle_calls.hpp"
#include "pickle_globals.hpp"
#include "quote.hpp"
#include "refusal.hpp"

namespace dl_trade::checkpoint {
namespace {

/** The arguments of one call, read with the kinds that the callable accepts. */
class Call {
 public:
  Call(Arena& arena, TensorViews& views, GlobalId callable, NodeId arguments)
      : arena_(arena),
        views_(views),
        callable_(callable),
        arguments_(arguments),
        count_(arena.tuple_size(arguments)) {}

  NodeId result();

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Refusal(Code::kPickleReduce, std::string(global_name(callable_)) + " is given " + what);
  }
  void require_count(std::uint32_t least, std::uint32_t most) const {
    if (count_ < least || count_ > most) refuse(std::to_string(count_) + " arguments");
  }
  NodeId item(std::uint32_t i) const { return arena_.tuple_item(arguments_, i); }
  NodeId require(std::uint32_t i, Kind kind) const {
    if (arena_.kind(item(i)) != kind) {
      refuse("argument " + std::to_string(i) + " of kind " + std::string(kind_name(arena_.kind(item(i)))) +
             " where " + std::string(kind_name(kind)) + " belongs");
    }
    return item(i);
  }
  std::string_view require_text(std::uint32_t i) const { return arena_.text(require(i, Kind::kString)); }
  void require_text(std::uint32_t i, std::string_view expected) const {
    if (require_text(i) != expected)
      refuse(quote(require_text(i)) + " where " + quote(expected) + " belongs");
  }
  bool is_global(std::uint32_t i, GlobalId id) const {
    const Node& node = arena_[item(i)];
    return node.kind == Kind::kGlobal && static_cast<GlobalId>(node.a) == id;
  }
  // Backward hooks could be functions; honest files have none.
  void require_no_hooks(std::uint32_t i) const {
    if (arena_.kind(item(i)) == Kind::kNone) return;
    if (arena_.count(require(i, Kind::kOrderedDict)) != 0) refuse("hooks");
  }
  void require_ints(NodeId tuple, std::uint32_t most) const;
  NodeId rebuild_tensor();
  NodeId rebuild_from_type();
  NodeId device();
  NodeId numpy_dtype();
  NodeId numpy_scalar();
  NodeId numpy_reconstruct();
  NodeId byte_array();
  NodeId wrap(Kind kind, NodeId wrapped) {
    Node node(kind, wrapped);
    const NodeId id = arena_.add(node);
    if (wrapped != kNoNode) arena_.adopt(id, wrapped);
    return id;
  }

  Arena& arena_;
  TensorViews& views_;
  GlobalId callable_;
  NodeId arguments_;
  std::uint32_t count_;
};

void Call::require_ints(NodeId tuple, std::uint32_t most) const {
  if (arena_.tuple_size(tuple) > most) refuse("a tuple of more than " + std::to_string(most) + " items");
  for (std::uint32_t i = 0; i < arena_.tuple_size(tuple); ++i) {
    const Kind kind = arena_.kind(arena_.tuple_item(tuple, i));
    if (kind != Kind::kInt && kind != Kind::kBigInt) refuse("a tuple of other than integers");
  }
}

NodeId Call::rebuild_tensor() {
  require_count(6, 7);
  const NodeId storage = require(0, Kind::kStorage);
  if (arena_.kind(item(1)) != Kind::kBigInt) require(1, Kind::kInt);
  const NodeId sizes = require(2, Kind::kTuple);
  const NodeId strides = require(3, Kind::kTuple);
  // More than 8 is refused behind; a bound here keeps the time of a call constant.
  if (arena_.tuple_size(sizes) <= 8) require_ints(sizes, 8);
  if (arena_.tuple_size(strides) <= 8) require_ints(strides, 8);
  require(4, Kind::kBool);
  require_no_hooks(5);
  if (count_ == 7 && arena_.kind(item(6)) != Kind::kNone && arena_.count(require(6, Kind::kDict)) != 0) {
    refuse("metadata: conjugate and negative views are not read");
  }
  return views_.tensor(storage, item(1), sizes, strides);
}

// The one callable that calls its first argument: that one may only be _rebuild_tensor_v2.
NodeId Call::rebuild_from_type() {
  require_count(4, 4);
  if (!is_global(0, GlobalId::kRebuildTensor)) refuse("another function than _rebuild_tensor_v2");
  if (!is_global(1, GlobalId::kTensorType) && !is_global(1, GlobalId::kParameterType)) {
    refuse("another type than torch.Tensor or Parameter");
  }
  require(2, Kind::kTuple);
  require(3, Kind::kDict);
  return Call(arena_, views_, GlobalId::kRebuildTensor, item(2)).rebuild_tensor();
}

NodeId Call::device() {
  require_count(1, 2);
  if (require_text(0).size() > 32) refuse("a device of more than 32 bytes");
  if (count_ == 2) require(1, Kind::kInt);
  Node node(Kind::kDevice, item(0));
  node.b = count_ == 2 ? item(1) : kNoNode;
  node.c = 0;
  return arena_.add(node);
}

NodeId Call::numpy_dtype() {
  require_count(3, 3);
  const std::string_view name = require_text(0);
  const std::uint32_t size = numpy_item_size(name);
  if (size == 0) refuse(quote(name) + ", which is no numeric dtype");
  require(1, Kind::kBool);
  require(2, Kind::kBool);
  Node node(Kind::kNumpyDtype, static_cast<unsigned char>(name[0]));
  node.b = size;
  node.c = 0;
  return arena_.add(node);
}

NodeId Call::numpy_scalar() {
  require_count(2, 2);
  const NodeId dtype = require(0, Kind::kNumpyDtype);
  const NodeId bytes = require(1, Kind::kBytes);
  if (arena_[bytes].b != arena_[dtype].b) {
    refuse(std::to_string(arena_[bytes].b) + " bytes for an item of " + std::to_string(arena_[dtype].b));
  }
  Node node(Kind::kNumpyScalar, dtype);
  node.b = bytes;
  node.c = 0;
  return arena_.add(node);
}

NodeId Call::numpy_reconstruct() {
  require_count(3, 3);
  if (!is_global(0, GlobalId::kNumpyArrayType)) refuse("another type than numpy.ndarray");
  const NodeId shape = require(1, Kind::kTuple);
  if (arena_.tuple_size(shape) != 1) refuse("another shape than (0,)");
  const Node& zero = arena_[arena_.tuple_item(shape, 0)];
  if (zero.kind != Kind::kInt || zero.integer != 0) refuse("another shape than (0,)");
  if (arena_.text(require(2, Kind::kBytes)) != "b") refuse("another type code than b'b'");
  Node node(Kind::kNumpyArray, kNoNode);
  node.b = kNoNode;
  node.c = kNoNode;
  return arena_.add(node);
}

// Never bytearray(n): a file's number must not size an allocation.
NodeId Call::byte_array() {
  require_count(0, 2);
  if (count_ == 0) return wrap(Kind::kByteArray, kNoNode);
  if (count_ == 1) return wrap(Kind::kByteArray, require(0, Kind::kBytes));
  if (require_text(1) != "latin1") require_text(1, "latin-1");
  return wrap(Kind::kByteArray, arena_.encode_latin1(require(0, Kind::kString)));
}

NodeId Call::result() {
  switch (callable_) {
    case GlobalId::kOrderedDict:
      require_count(0, 0);
      {
        Node node(Kind::kOrderedDict);
        node.depth = 1;
        return arena_.add(node);
      }
    case GlobalId::kRebuildTensor:
      return rebuild_tensor();
    case GlobalId::kRebuildParameter:
      require_count(3, 3);
      require(0, Kind::kTensor);
      require(1, Kind::kBool);
      require_no_hooks(2);
      return item(0);
    case GlobalId::kRebuildParameterWithState:
      require_count(4, 4);
      require(0, Kind::kTensor);
      require(1, Kind::kBool);
      require_no_hooks(2);
      return item(0);
    case GlobalId::kRebuildFromType:
      return rebuild_from_type();
    case GlobalId::kSize:
      require_count(1, 1);
      require_ints(require(0, Kind::kTuple), 64);
      return wrap(Kind::kSize, item(0));
    case GlobalId::kDevice:
      return device();
    case GlobalId::kEncode:
      require_count(2, 2);
      require_text(1, "latin1");
      return arena_.encode_latin1(require(0, Kind::kString));
    case GlobalId::kNumpyDtype:
      return numpy_dtype();
    case GlobalId::kNumpyScalar:
      return numpy_scalar();
    case GlobalId::kNumpyReconstruct:
      return numpy_reconstruct();
    case GlobalId::kCounter:
      require_count(0, 1);
      return wrap(Kind::kCounter, count_ == 0 ? kNoNode : require(0, Kind::kDict));
    case GlobalId::kSet:
      require_count(1, 1);
      return wrap(Kind::kSet, require(0, Kind::kList));
    case GlobalId::kByteArray:
      return byte_array();
    case GlobalId::kComplex: {
      require_count(2, 2);
      Node node(Kind::kComplex, require(0, Kind::kFloat));
      node.b = require(1, Kind::kFloat);
      node.c = 0;
      return arena_.add(node);
    }
    case GlobalId::kStorage:
    case GlobalId::kTorchDtype:
    case GlobalId::kTensorType:
    case GlobalId::kParameterType:
    case GlobalId::kNumpyArrayType:
      break;
  }
  throw Refusal(Code::kPickleReduce, std::string(global_name(callable_)) + " is called, which is never done");
}

}  // namespace

NodeId reduce(Arena& arena, TensorViews& views, NodeId callable, NodeId arguments) {
  if (arena.kind(callable) != Kind::kGlobal) {
    throw Refusal(Code::kPickleReduce,
                  "a value of kind " + std::string(kind_name(arena.kind(callable))) + " is called");
  }
  if (arena.kind(arguments) != Kind::kTuple) throw Refusal(Code::kPickleReduce, "arguments are not a tuple");
  return Call(arena, views, static_cast<GlobalId>(arena[callable].a), arguments).result();
}

}  // namespace dl_trade::checkpoint
