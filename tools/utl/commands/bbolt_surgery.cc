// tools/utl/commands/bbolt_surgery.cc: `cairnutl bbolt surgery`: bbolt's repairs, each on a copy.
#include <fmt/format.h>

#include <charconv>
#include <functional>

#include "bolt/check/surgery.h"
#include "gotext/quote.h"
#include "tools/utl/commands/commands.h"
#include "tools/utl/format/damage_report.h"
#include "tools/utl/offline_context.h"

namespace cairn::utl {

namespace {

using bolt::Repair;
using offline::DamagedDb;

constexpr uint64_t kSectorBytes = 512;

// Writes the copy and says what bbolt says then.
cli::Outcome Write(cli::Invocation& in, const DamagedDb& db, const Repair& repair,
                   std::string_view said) {
  const std::string& output = in.String("output");
  CAIRN_RETURN_IF_ERROR(bolt::WriteRepaired(PosixFs(), db.file(), repair, output, in.progress()));
  CAIRN_ASSIGN_OR_RETURN(const uint64_t size, db.file().Size());
  if (size % kSectorBytes != 0 && repair.grow_to == 0) {
    in.Note(fmt::format(
        "the snapshot's digest at the end of {} does not fit any more: `snapshot restore` takes "
        "the file with --skip-hash-check",
        output));
  }
  return in.Print(said);
}

using Make = std::function<StatusOr<Repair>(cli::Invocation& in, const File& file)>;
using Say = std::function<std::string(cli::Invocation& in, const Repair& repair)>;

// The run function of a repair: what to write, and what to say.
cli::Command::RunFunction Repairs(Make make, Say say) {
  return [make = std::move(make), say = std::move(say)](cli::Invocation& in) -> cli::Outcome {
    CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(OfflineContext(in), in.args()[0]));
    CAIRN_ASSIGN_OR_RETURN(const Repair repair, make(in, db.file()));
    return Write(in, db, repair, say(in, repair));
  };
}

std::string FreelistWarning(const cli::Invocation& in, bool stale, std::string_view what) {
  if (!stale) return {};
  return fmt::format(
      "WARNING: {}\nPlease consider executing `{} bbolt surgery freelist abandon ...`\n", what,
      in.program().shown_name());
}

std::string AfterClearing(const cli::Invocation& in, const Repair& repair) {
  return FreelistWarning(in, repair.freelist_is_stale,
                         "The clearing has abandoned some pages that are not yet referenced from "
                         "free list.");
}

// What bbolt refuses before it looks at the file.
cli::Command::RunFunction OnDataPage(cli::Command::RunFunction run) {
  return [run = std::move(run)](cli::Invocation& in) -> cli::Outcome {
    if (const uint64_t page = in.Uint64("pageId"); page < 2) {
      return cli::BadArgs(fmt::format("the pageId must be at least 2, but got {}", page));
    }
    return run(in);
  };
}

cli::Command& Add(cli::Command& group, std::string_view use, std::string_view summary,
                  std::string_view text) {
  cli::Command& command = group.Add(use, summary);
  command.Long(text)
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDbFile)
      .Exit(cli::ExitCode::kError, "nothing was written: the reason is on stderr");
  command.String("output", "", "path to the new db file; must not exist").Required().File();
  return command;
}

StatusOr<bolt::MetaChange> ParseFields(std::string_view text) {
  bolt::MetaChange change;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view field = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    const size_t colon = field.find(':');
    if (colon == std::string_view::npos || field.find(':', colon + 1) != std::string_view::npos) {
      return absl::InvalidArgumentError(fmt::format("invalid key-value pair: {}", field));
    }
    const std::string_view name = field.substr(0, colon);
    const std::string_view digits = field.substr(colon + 1);
    const bool known = name == "pageSize" || name == "root" || name == "freelist" || name == "pgid";
    if (!known) {
      return absl::InvalidArgumentError(
          fmt::format("field {} isn't allowed to be updated", QuoteGo(name)));
    }
    uint64_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    const bool fits = name != "pageSize" || value <= UINT32_MAX;
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() || !fits) {
      return absl::InvalidArgumentError(
          fmt::format("invalid value {} for field {}", QuoteGo(digits), QuoteGo(name)));
    }
    if (name == "pageSize") change.page_size = static_cast<uint32_t>(value);
    if (name == "root") change.root = value;
    if (name == "freelist") change.freelist = value;
    if (name == "pgid") change.high_water = value;
  }
  return change;
}

cli::Outcome RunMetaUpdate(cli::Invocation& in) {
  const uint64_t page = in.Uint64("meta-page");
  if (page > 1) return cli::BadArgs(fmt::format("invalid meta page id: {}", page));
  const auto change = ParseFields(in.String("fields"));
  if (!change.ok()) return cli::BadArgs(Message(change.status()));
  CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(OfflineContext(in), in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const bolt::MetaUpdate update,
                         bolt::UpdateMetaPage(db.file(), page, *change));
  std::string said;
  if (update.page_size != update.other_page_size) {
    said = fmt::format(
        "WARNING: The page size ({}) in the first meta page doesn't match the second meta page "
        "({})\n",
        update.other_page_size, update.page_size);
  }
  said += update.repair.patches.empty() ? std::string("Nothing changed!\n")
                                        : fmt::format("The meta page {} has been updated!\n", page);
  return Write(in, db, update.repair, said);
}

cli::Outcome RunMetaValidate(cli::Invocation& in) {
  CAIRN_ASSIGN_OR_RETURN(const DamagedDb db, DamagedDb::Open(OfflineContext(in), in.args()[0]));
  CAIRN_ASSIGN_OR_RETURN(const std::vector<std::string> verdicts,
                         bolt::ValidateMetaPages(db.file()));
  std::string text;
  for (size_t i = 0; i < verdicts.size(); ++i) {
    text += verdicts[i].empty()
                ? fmt::format("The meta page {} is valid!\n", i)
                : fmt::format("WARNING: The meta page {} isn't valid: {}!\n", i, verdicts[i]);
  }
  return in.Print(text);
}

void AddPageCommands(cli::Command& group) {
  cli::Command& copy =
      Add(group, "copy-page <bbolt-file> --output {file} --from-page {id} --to-page {id}",
          "Copies a page to another page's place",
          "Makes a copy of the file in which the page, with those that it runs over, also stands "
          "in\nthe place of another one.");
  copy.Example("{prog} bbolt surgery copy-page db --output new.db --from-page 12 --to-page 9",
               "Page 12 in the place of page 9, too.");
  copy.Uint64("from-page", 0, "source page Id").Required();
  copy.Uint64("to-page", 0, "destination page Id").Required();
  const auto run_copy = Repairs(
      [](cli::Invocation& in, const File& file) {
        return bolt::CopyPage(file, in.Uint64("from-page"), in.Uint64("to-page"));
      },
      [](cli::Invocation& in, const Repair& repair) {
        return FreelistWarning(in, repair.freelist_is_stale, "the free list might have changed.") +
               fmt::format("The page {} was successfully copied to page {}\n",
                           in.Uint64("from-page"), in.Uint64("to-page"));
      });
  copy.Run([run_copy](cli::Invocation& in) -> cli::Outcome {
    if (const uint64_t page = in.Uint64("from-page"); page == in.Uint64("to-page")) {
      return cli::BadArgs(
          fmt::format("'--from-page' and '--to-page' have the same value: {}", page));
    }
    return run_copy(in);
  });
  copy.Exit(cli::ExitCode::kBadArgs, "flags that make no sense");

  cli::Command& clear =
      Add(group, "clear-page <bbolt-file> --output {file} --pageId {id}",
          "Clears all elements from the given page, which can be a branch or leaf page",
          "Makes a copy of the file in which the page has no elements. What only they referred to "
          "is\nlost.");
  clear.Example("{prog} bbolt surgery clear-page db --output new.db --pageId 9",
                "Without what a broken leaf held.");
  clear.Uint64("pageId", 0, "page Id").Required();
  clear.Exit(cli::ExitCode::kBadArgs, "flags that make no sense");
  clear.Run(OnDataPage(Repairs(
      [](cli::Invocation& in, const File& file) {
        return bolt::ClearPageElements(file, in.Uint64("pageId"), 0, -1);
      },
      [](cli::Invocation& in, const Repair& repair) {
        return AfterClearing(in, repair) +
               fmt::format("The page ({}) was cleared\n", in.Uint64("pageId"));
      })));

  cli::Command& elements = Add(
      group,
      "clear-page-elements <bbolt-file> --output {file} --pageId {id} --from-index {n} "
      "--to-index {n}",
      "Clears elements from the given page, which can be a branch or leaf page",
      "Makes a copy of the file in which some elements of the page are left out. What only they\n"
      "referred to is lost. Their bytes stay in the page, unused; `{prog} verify` names them.");
  elements.Example(
      "{prog} bbolt surgery clear-page-elements db --output new.db --pageId 9 --from-index 3 "
      "--to-index 4",
      "Without the fourth element of page 9.");
  elements.Uint64("pageId", 0, "page id").Required();
  elements.Int64("from-index", 0, "start element index (included) to clear, starting from 0")
      .Required();
  elements
      .Int64("to-index", 0,
             "end element index (excluded) to clear, starting from 0, -1 means to the end of page")
      .Required();
  elements.Exit(cli::ExitCode::kBadArgs, "flags that make no sense");
  elements.Run(OnDataPage(Repairs(
      [](cli::Invocation& in, const File& file) {
        return bolt::ClearPageElements(file, in.Uint64("pageId"), in.Int64("from-index"),
                                       in.Int64("to-index"));
      },
      [](cli::Invocation& in, const Repair& repair) {
        return AfterClearing(in, repair) +
               fmt::format("All elements in [{}, {}) in page {} were cleared\n",
                           in.Int64("from-index"), in.Int64("to-index"), in.Uint64("pageId"));
      })));
}

void AddFreelistCommands(cli::Command& surgery) {
  cli::Command& group = surgery.Add("freelist <subcommand>", "Freelist related surgery commands");
  group.Long("Forgets or stores the list of free pages.");
  cli::Command& abandon = Add(
      group, "abandon <bbolt-file> --output {file}", "Abandons the freelist from both meta pages",
      "Makes a copy of the file whose meta pages say that no freelist is stored: a program that\n"
      "opens it finds the free pages by a walk over all trees. etcd's files are so from the\n"
      "start. A meta page that isn't valid stays as it is.");
  abandon.Example("{prog} bbolt surgery freelist abandon db --output new.db",
                  "After a page was cleared or copied.");
  abandon.Run(
      Repairs([](cli::Invocation&, const File& file) { return bolt::AbandonFreelist(file); },
              [](cli::Invocation&, const Repair&) {
                return std::string(
                    "The freelist was abandoned in both meta pages.\nIt may cause some "
                    "delay on next startup because bbolt needs to scan the whole db to "
                    "reconstruct the free list.\n");
              }));
  cli::Command& rebuild =
      Add(group, "rebuild <bbolt-file> --output {file}", "Rebuilds the freelist",
          "Makes a copy of the file in which the free pages, found by a walk over all trees, are\n"
          "stored. Refused when the file has a freelist already, and when a tree is damaged.");
  rebuild.Example("{prog} bbolt surgery freelist rebuild db --output new.db",
                  "For programs that open a file more quickly so.");
  rebuild.Run(Repairs([](cli::Invocation& in,
                         const File& file) { return bolt::RebuildFreelist(file, in.progress()); },
                      [](cli::Invocation&, const Repair&) {
                        return std::string("The freelist was successfully rebuilt.\n");
                      }));
}

void AddMetaCommands(cli::Command& surgery) {
  cli::Command& group = surgery.Add("meta <subcommand>", "Meta page related surgery commands");
  group.Long("Judges and changes the two meta pages.");
  group.Add("validate <bbolt-file>", "Validates both meta pages")
      .Long(
          "Says of each meta page whether it is valid. The exit code is 0 whatever it says. The "
          "file\nis only read.")
      .Args(1, 1)
      .ArgKind(cli::ValueKind::kDbFile)
      .Example("{prog} bbolt surgery meta validate db", "Both meta pages of a file.")
      .Exit(cli::ExitCode::kError, "the file can't be read")
      .Run(RunMetaValidate);
  cli::Command& update =
      Add(group, "update <bbolt-file> --output {file} [--meta-page {0|1}] [--fields {list}]",
          "Updates fields in meta pages",
          "Makes a copy of the file in which fields of one meta page have new values. Magic "
          "number,\nversion, flags and checksum are made right in any case: a broken meta page "
          "becomes one that\ncounts.");
  update.Example(
      "{prog} bbolt surgery meta update db --output new.db --meta-page 1 --fields "
      "root:16,freelist:8",
      "Another root and freelist in the second meta page.");
  update
      .String("fields", "",
              "comma separated list of fields (supported fields: pageSize, root, freelist and "
              "pgid) to be updated, and each item is a colon-separated key-value pair")
      .Repeats();
  update.Uint64("meta-page", 0, "the meta page ID to operate on, valid values are 0 and 1");
  update.Exit(cli::ExitCode::kBadArgs, "fields or a meta page that don't exist");
  update.Run(RunMetaUpdate);
}

}  // namespace

cli::Command& AddBboltSurgery(cli::Command& group) {
  cli::Command& surgery = group.Add("surgery <subcommand>", "Surgery related commands");
  surgery.Long(
      "Repairs that change what a file says without understanding it, for files that nothing else\n"
      "can read. The file itself is never changed: each makes a copy, which appears whole or not "
      "at\nall.");
  cli::Command& revert =
      Add(surgery, "revert-meta-page <bbolt-file> --output {file}",
          "Reverts the meta page to revert the changes performed by the latest transaction",
          "Makes a copy of the file in which the older meta page takes the place of the newer one: "
          "the\nlast transaction is undone. Refused when the one that would remain isn't valid.");
  revert.Example("{prog} bbolt surgery revert-meta-page db --output new.db",
                 "The state before the last transaction.");
  revert.Run(Repairs(
      [](cli::Invocation&, const File& file) { return bolt::RevertMetaPage(file); },
      [](cli::Invocation&, const Repair&) { return std::string("The meta page is reverted.\n"); }));
  AddPageCommands(surgery);
  AddFreelistCommands(surgery);
  AddMetaCommands(surgery);
  return surgery;
}

}  // namespace cairn::utl
