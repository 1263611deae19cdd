// tools/ctl/format/key_value.cc: see key_value.h.
#include "tools/ctl/format/key_value.h"

#include <utility>

#include "tools/ctl/format/get.h"
#include "tools/ctl/format/pieces.h"

namespace cairn::ctl {

namespace {

using etcdserverpb::ResponseOp;
using render::Format;

std::string PrintStep(const ResponseOp& step, const Style& style) {
  switch (step.response_case()) {
    case ResponseOp::kResponseRange:
      return PrintGet(step.response_range(), style);
    case ResponseOp::kResponsePut:
      return PrintPut(step.response_put(), style);
    case ResponseOp::kResponseDeleteRange:
      return PrintDelete(step.response_delete_range(), style);
    case ResponseOp::kResponseTxn:
      return PrintTxn(step.response_txn(), style);
    case ResponseOp::RESPONSE_NOT_SET:
      break;
  }
  return style.format == Format::kFields ? "\"Unknown\" : \"<nil>\"\n" : "unexpected response \n";
}

}  // namespace

std::string PrintPut(const etcdserverpb::PutResponse& response, const Style& style) {
  switch (style.format) {
    case Format::kJson:
    case Format::kProtobuf:
      return PrintMessage(response, style.format);
    case Format::kFields: {
      render::Fields out;
      AddHeader(response.header(), style.hex, &out);
      if (response.has_prev_kv()) AddPair(response.prev_kv(), true, style.hex, &out);
      return std::move(out).text();
    }
    default: {
      std::string out = "OK\n";
      if (response.has_prev_kv()) AppendPair(response.prev_kv(), style, false, &out);
      return out;
    }
  }
}

std::string PrintDelete(const etcdserverpb::DeleteRangeResponse& response, const Style& style) {
  switch (style.format) {
    case Format::kJson:
    case Format::kProtobuf:
      return PrintMessage(response, style.format);
    case Format::kFields: {
      render::Fields out;
      AddHeader(response.header(), style.hex, &out);
      out.Add("Deleted", response.deleted());
      for (const mvccpb::KeyValue& kv : response.prev_kvs()) AddPair(kv, true, style.hex, &out);
      return std::move(out).text();
    }
    default: {
      std::string out = std::to_string(response.deleted()) + "\n";
      for (const mvccpb::KeyValue& kv : response.prev_kvs()) AppendPair(kv, style, false, &out);
      return out;
    }
  }
}

std::string PrintTxn(const etcdserverpb::TxnResponse& response, const Style& style) {
  switch (style.format) {
    case Format::kJson:
    case Format::kProtobuf:
      return PrintMessage(response, style.format);
    case Format::kFields: {
      render::Fields head;
      AddHeader(response.header(), style.hex, &head);
      std::string out = std::move(head.Add("Succeeded", response.succeeded())).text();
      for (const ResponseOp& step : response.responses()) out += PrintStep(step, style);
      return out;
    }
    default: {
      std::string out = response.succeeded() ? "SUCCESS\n" : "FAILURE\n";
      for (const ResponseOp& step : response.responses()) {
        out += '\n';
        out += PrintStep(step, style);
      }
      return out;
    }
  }
}

}  // namespace cairn::ctl
