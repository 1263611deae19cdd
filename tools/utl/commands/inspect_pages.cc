// tools/utl/commands/inspect_pages.cc: `cairnutl inspect pages`: what stands on each page of a db
// file, and one page in detail.
#include <fmt/format.h>

#include <charconv>

#include "bolt/check/page_detail.h"
#include "bolt/check/page_list.h"
#include "gotext/quote.h"
#include "mvcc/revision.h"
#include "render/json.h"
#include "render/table.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/format/text_output.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using bolt::ElementDetail;
using bolt::PageDetail;
using bolt::PageInfo;
using bolt::PageUse;
using cli::Format;
using offline::DamagedDb;
using offline::Problems;

render::Borders BordersOf(const cli::Invocation& in) {
  return render::BordersFor(in.box_drawing());
}

// `bbolt pages`' columns, then ours.
constexpr std::string_view kHeader =
    "ID       TYPE       ITEMS  OVRFLW BUCKET\n"
    "======== ========== ====== ====== ======\n";

bool InUse(const PageInfo& page) {
  return page.use != PageUse::kFree && page.use != PageUse::kLost && page.use != PageUse::kBroken;
}

std::vector<std::string> Cells(const PageInfo& page) {
  return {std::to_string(page.id),
          std::string(bolt::PageUseName(page.use)),
          InUse(page) ? std::to_string(page.items) : "",
          page.overflow > 0 ? std::to_string(page.overflow) : "",
          page.more > 0 ? fmt::format("and {} more, up to page {}", page.more, page.id + page.more)
                        : page.bucket,
          page.what};
}

std::string InfoLine(const PageInfo& page) {
  const std::vector<std::string> c = Cells(page);
  std::string line = fmt::format("{:<8} {:<10} {:<6} {:<6} {}", c[0], c[1], c[2], c[3], c[4]);
  if (!page.what.empty()) line += (c[4].empty() ? "! " : "  ! ") + page.what;
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string InfoJson(const PageInfo& page) {
  render::JsonWriter json;
  json.BeginObject().Field("id", page.id).Field("type", bolt::PageUseName(page.use));
  if (InUse(page)) json.Field("items", page.items).Field("overflow", page.overflow);
  if (!page.bucket.empty()) json.Field("bucket", page.bucket);
  if (page.more > 0) json.Field("more", page.more);
  if (!page.what.empty()) json.Field("fault", page.what);
  return json.EndObject().text() + "\n";
}

cli::Outcome PrintList(cli::Invocation& in, const DamagedDb& db) {
  CAIRN_RETURN_IF_ERROR(db.NeedMeta());
  const bolt::FileLayout& layout = db.layout();
  in.progress().Stage("reading pages", layout.meta->high_water * layout.page_size);
  Problems problems;
  db.AddLayoutProblems(problems);
  TextOutput out(in);
  render::TableBuilder table({"id", "type", "items", "overflow", "bucket", "fault"}, BordersOf(in));
  if (in.format() == Format::kSimple) CAIRN_RETURN_IF_ERROR(out.Append(kHeader));
  const auto show = [&](const PageInfo& page) -> Status {
    // The metas' own faults are told already.
    if (!page.what.empty() && !(page.id < 2 && page.what == layout.meta_faults[page.id])) {
      problems.Add(db.ProblemText({page.id, 0, page.what, false}));
    }
    if (in.format() == Format::kJson) return out.Append(InfoJson(page));
    if (in.format() != Format::kTable) return out.Append(InfoLine(page));
    table.Add(Cells(page));
    return absl::OkStatus();
  };
  CAIRN_RETURN_IF_ERROR(bolt::ForEachPage(db.file(), layout, in.progress(), show).status());
  if (in.format() == Format::kTable) CAIRN_RETURN_IF_ERROR(out.Append(table));
  CAIRN_RETURN_IF_ERROR(out.Finish());
  return TellProblems(in, db.path(), problems);
}

// A key of the key bucket as its revision, other bytes quoted.
std::string KeyText(std::string_view key) {
  const std::string text = bolt::TextOrHex(key);
  if (const auto record = mvcc::ParseRevisionKey(key); record.has_value() && text != key) {
    return fmt::format("{}.{}{}", record->revision.main, record->revision.sub,
                       record->tombstone ? "t" : "");
  }
  return QuoteGo(key);
}

std::string ValueText(const ElementDetail& element, bool leaf, bool values) {
  if (!leaf) return fmt::format("page {}", element.child);
  if (element.bucket.has_value()) {
    return element.bucket->root == 0 ? fmt::format("bucket, inline, {} bytes", element.value_size)
                                     : fmt::format("bucket, root page {}", element.bucket->root);
  }
  return values ? QuoteGo(element.value) : fmt::format("{} bytes", element.value_size);
}

std::string MetaText(const bolt::MetaDetail& m) {
  std::string text = fmt::format("  magic      {:08x}\n  version    {}\n  page size  {}\n", m.magic,
                                 m.version, m.page_size);
  text += fmt::format("  flags      {:08x}\n  root       page {}\n", m.flags, m.root.root);
  text += m.freelist == bolt::kNoFreelist ? std::string("  freelist   not stored\n")
                                          : fmt::format("  freelist   page {}\n", m.freelist);
  text += fmt::format("  high water page {}\n  txid       {}\n  checksum   {:016x}\n", m.high_water,
                      m.txid, m.checksum);
  if (m.checksum != m.right_checksum) {
    text += fmt::format("  fitting    {:016x}\n", m.right_checksum);
  }
  return text;
}

std::string Head(const PageDetail& page) {
  std::string text = fmt::format(
      "page {} at offset {}: {}, {} bytes, {} items, overflow {}\n", page.id, page.offset,
      bolt::PageTypeName(page.header.flags), page.size,
      page.header.flags == bolt::kFreelistPage ? page.free_pages.size() : page.header.count,
      page.header.overflow);
  for (const std::string& fault : page.faults) text += "  ! " + fault + "\n";
  if (page.meta.has_value()) text += MetaText(*page.meta);
  return text;
}

std::string DetailText(const PageDetail& page, bool values) {
  const bool leaf = page.header.flags == bolt::kLeafPage;
  std::string text = Head(page);
  for (size_t i = 0; i < page.elements.size(); ++i) {
    const ElementDetail& element = page.elements[i];
    text += fmt::format("  {}  {}: {}", i, KeyText(element.key), ValueText(element, leaf, values));
    text += element.what.empty() ? "\n" : "  ! " + element.what + "\n";
  }
  // Runs of free pages.
  for (size_t i = 0; i < page.free_pages.size();) {
    size_t end = i + 1;
    while (end < page.free_pages.size() && page.free_pages[end] == page.free_pages[end - 1] + 1) {
      ++end;
    }
    text += end - i == 1 ? fmt::format("  {}\n", page.free_pages[i])
                         : fmt::format("  {}-{}\n", page.free_pages[i], page.free_pages[end - 1]);
    i = end;
  }
  return text;
}

std::string DetailTable(const PageDetail& page, bool values, render::Borders borders) {
  const bool leaf = page.header.flags == bolt::kLeafPage;
  if (page.elements.empty()) return DetailText(page, values);
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < page.elements.size(); ++i) {
    const ElementDetail& element = page.elements[i];
    rows.push_back(
        {std::to_string(i), KeyText(element.key), ValueText(element, leaf, values), element.what});
  }
  return Head(page) +
         render::Table({"item", "key", leaf ? "value" : "child", "fault"}, rows, borders);
}

std::string DetailJson(const PageDetail& page, bool values) {
  const bool leaf = page.header.flags == bolt::kLeafPage;
  render::JsonWriter json;
  json.BeginObject().Field("id", page.id).Field("offset", page.offset).Field("size", page.size);
  json.Field("type", bolt::PageTypeName(page.header.flags)).Field("count", page.header.count);
  json.Field("overflow", page.header.overflow);
  if (page.meta.has_value()) {
    const bolt::MetaDetail& m = *page.meta;
    json.Key("meta").BeginObject().Field("magic", m.magic).Field("version", m.version);
    json.Field("pageSize", m.page_size).Field("flags", m.flags).Field("root", m.root.root);
    json.Field("freelist", m.freelist).Field("pgid", m.high_water).Field("txid", m.txid);
    json.Field("checksum", m.checksum).Field("valid", page.whole()).EndObject();
  }
  if (page.header.flags == bolt::kBranchPage || leaf) {
    json.Key("elements").BeginArray();
    for (const ElementDetail& element : page.elements) {
      json.BeginObject().Key("key").Base64(element.key);
      if (!leaf) {
        json.Field("page", element.child);
      } else if (element.bucket.has_value()) {
        json.Field("bucketRoot", element.bucket->root);
      }
      if (leaf) json.Field("valueSize", element.value_size);
      if (leaf && values) json.Key("value").Base64(element.value);
      if (!element.what.empty()) json.Field("fault", element.what);
      json.EndObject();
    }
    json.EndArray();
  }
  if (page.header.flags == bolt::kFreelistPage) {
    json.Key("freePages").BeginArray();
    for (const uint64_t id : page.free_pages) json.Value(id);
    json.EndArray();
  }
  if (!page.faults.empty()) {
    json.Key("faults").BeginArray();
    for (const std::string& fault : page.faults) json.Value(fault);
    json.EndArray();
  }
  return json.EndObject().text() + "\n";
}

cli::Outcome PrintDetails(cli::Invocation& in, const DamagedDb& db,
                          const std::vector<uint64_t>& ids) {
  const bool values = in.Bool("values");
  Problems problems;
  TextOutput out(in);
  for (size_t i = 0; i < ids.size(); ++i) {
    const auto bytes = bolt::ReadRawRun(db.file(), db.layout().page_size, ids[i]);
    if (!bytes.ok()) {
      problems.Add(fmt::format("page {}: {}", ids[i], Message(bytes.status())));
      continue;
    }
    const PageDetail page = bolt::TakeApart(*bytes, ids[i], db.layout().page_size);
    for (const std::string& fault : page.faults) {
      problems.Add(db.ProblemText({page.id, 0, fault, false}));
    }
    for (size_t n = 0; n < page.elements.size(); ++n) {
      if (page.elements[n].what.empty()) continue;
      problems.Add(db.ProblemText(
          {page.id, 0, fmt::format("element {}: {}", n, page.elements[n].what), false}));
    }
    switch (in.format()) {
      case Format::kJson:
        CAIRN_RETURN_IF_ERROR(out.Append(DetailJson(page, values)));
        break;
      case Format::kTable:
        CAIRN_RETURN_IF_ERROR(out.Append(DetailTable(page, values, BordersOf(in))));
        break;
      default:
        CAIRN_RETURN_IF_ERROR(out.Append(DetailText(page, values)));
    }
  }
  CAIRN_RETURN_IF_ERROR(out.Finish());
  return TellProblems(in, db.path(), problems);
}

cli::Outcome RunPages(cli::Invocation& in) {
  std::vector<uint64_t> ids;
  for (size_t i = 1; i < in.args().size(); ++i) {
    const std::string& text = in.args()[i];
    uint64_t id = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
      return cli::BadArgs(fmt::format("{} is not a page number", QuoteGo(text)));
    }
    ids.push_back(id);
  }
  CAIRN_ASSIGN_OR_RETURN(const std::string path, DbOf(in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(OfflineContext(in), path));
  return ids.empty() ? PrintList(in, db) : PrintDetails(in, db, ids);
}

}  // namespace

cli::Command& AddInspectPages(cli::Command& group) {
  cli::Command& command =
      group.Add("pages <path> [page...]", "Shows what stands on each page of a db file");
  command
      .Long(
          "Without a page: all pages, with their type, the number of their items, the further "
          "pages\n"
          "that they run over, the bucket they belong to and what is wrong with them. A page that\n"
          "nothing refers to is free; in a file with a stored freelist that doesn't name it, it "
          "is\n"
          "lost. What only a broken page refers to counts as free, too.\n"
          "With pages: each taken apart, whatever it is, as far as that can be done; also in a "
          "file\n"
          "whose metas are broken. JSON has one line a page. The file is only read.")
      .Args(1, SIZE_MAX)
      .ArgKinds({{cli::ValueKind::kFile}})
      .Formats({Format::kSimple, Format::kTable, Format::kJson})
      .Example("{prog} inspect pages backup.db | grep '!'",
               "The pages that something is wrong with.")
      .Example("{prog} inspect pages /var/lib/etcd 0 1", "The meta pages of a stopped member.")
      .Example("{prog} inspect pages backup.db 7 --values", "Page 7 with its keys and values.")
      .Exit(cli::ExitCode::kError, "the file or a page can't be read, or is damaged")
      .Exit(cli::ExitCode::kBadArgs, "no page number");
  command.Bool("values", false, "also values, not only their sizes");
  command.Run(RunPages);
  return command;
}

}  // namespace cairn::utl
