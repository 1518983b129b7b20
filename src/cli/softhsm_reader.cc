// SPDX-License-Identifier: Apache-2.0
#include "cli/softhsm_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "cli/local_file.h"
#include "cli/pin_source.h"

namespace vallum::cli {
namespace {

constexpr std::size_t kKeySize = 32;
constexpr std::uint32_t kLargestFrame = 8 << 20;
constexpr CK_MECHANISM_TYPE kSoftHsmKwp = CKM_AES_KEY_WRAP_PAD;

/// What a frame holds; its first byte.
enum class Frame : std::uint8_t { kObject = 'o', kError = 'e', kEnd = '.' };

Status Send(int to, Frame kind, ByteSpan content) {
  Bytes frame;
  AppendBe32(frame, static_cast<std::uint32_t>(content.size() + 1));
  frame.push_back(static_cast<std::uint8_t>(kind));
  Append(frame, content);
  return WriteAll(to, frame, "the import's pipe");
}

// SoftHSM2 finds its folder in a file that an environment variable names; this one has no name elsewhere.
Status PointAt(const std::string& folder) {
  std::error_code failure;
  const auto absolute = std::filesystem::canonical(folder, failure);
  if (failure) return Storage(fmt::format("{} cannot be read", folder));
  const int file = memfd_create("softhsm2.conf", 0);
  const std::string text =
      fmt::format("directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
                  absolute.string());
  TRY(WriteAll(file, AsBytes(text), "SoftHSM2's configuration"));
  // NOLINTNEXTLINE(concurrency-mt-unsafe): the process has one thread
  setenv("SOFTHSM2_CONF", fmt::format("/proc/self/fd/{}", file).c_str(), 1);
  return {};
}

ForeignObject ReadOne(Cryptoki& library, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                      CK_OBJECT_HANDLE by) {
  ForeignObject read;
  const auto object_class = library.Attribute(session, object, CKA_CLASS);
  read.object_class = object_class ? CkNumberOf(*object_class).value_or(0) : 0;
  for (const CK_ATTRIBUTE_TYPE type : AttributesOfClass(read.object_class)) {
    if (auto value = library.Attribute(session, object, type)) {
      read.attributes.push_back({type, *std::move(value)});
    }
  }
  if (read.attributes.empty()) read.left_out = "objects of its class are not carried over";
  if (read.object_class != CKO_PRIVATE_KEY && read.object_class != CKO_SECRET_KEY) return read;
  if (library.Attribute(session, object, CKA_EXTRACTABLE) != Bytes{CK_TRUE}) {
    read.left_out = "it is not extractable, so SoftHSM2 does not give it away";
    return read;
  }
  auto wrapped = library.Wrap(session, kSoftHsmKwp, by, object);
  if (!wrapped) read.left_out = "SoftHSM2 does not wrap it: " + wrapped.error().message();
  if (wrapped) read.wrapped = *std::move(wrapped);
  return read;
}

Status ReadAll(const SoftHsmSource& from, const SecretBytes& key, int to) {
  TRY(PointAt(from.folder));
  const auto library = TRY(Cryptoki::Load(from.library, ""));
  const Cryptoki::Token token = TRY(ChooseToken(*library, from.label));
  const SecretBytes pin = TRY(ReadPin(from.pin_file, "SoftHSM2's user PIN", "--from-pin-file"));
  const CK_SESSION_HANDLE session = TRY(library->OpenSession(token.slot));
  TRY(library->Login(session, CKU_USER, pin));
  const auto objects = TRY(library->Find(session, {CkFlag(CKA_TOKEN, true)}));
  const CK_OBJECT_HANDLE by = TRY(library->EnterAes(session, key));
  for (const CK_OBJECT_HANDLE object : objects) {
    TRY(Send(to, Frame::kObject, EncodeObject(ReadOne(*library, session, object, by))));
  }
  return Send(to, Frame::kEnd, {});
}

Status RunReader(const SoftHsmSource& from, int key_from, int to) {
  SecretBytes key = TRY(SecretBytes::Create(kKeySize));
  if (TRY(ReadFully(key_from, key.mutable_span())) != kKeySize) return {};
  Status done = ReadAll(from, key, to);
  if (done) return {};
  Bytes content{static_cast<std::uint8_t>(done.error().code())};
  Append(content, AsBytes(done.error().message()));
  return Send(to, Frame::kError, content);
}

Error ErrorOf(ByteSpan content) {
  if (content.empty()) return Error(Code::kUnavailable, "SoftHSM2's process sent nonsense");
  return Error(static_cast<Code>(content.front()),
               "SoftHSM2: " + std::string(AsText(content.subspan(1))));
}

}  // namespace

Result<SoftHsmReader> SoftHsmReader::Start(const SoftHsmSource& from) {
  std::array<int, 2> keys{};
  std::array<int, 2> objects{};
  if (pipe2(keys.data(), O_CLOEXEC) != 0 || pipe2(objects.data(), O_CLOEXEC) != 0) {
    return Error(Code::kResourceExhausted, "no more files can be opened; close some");
  }
  const pid_t child = fork();
  if (child == 0) {
    close(keys[1]);
    close(objects[0]);
    _exit(RunReader(from, keys[0], objects[1]) ? 0 : 1);
  }
  close(keys[0]);
  close(objects[1]);
  FileDescriptor to(keys[1]);
  FileDescriptor out(objects[0]);
  if (child < 0) return Error(Code::kResourceExhausted, "no process can be started; end some");
  return SoftHsmReader(child, std::move(to), std::move(out));
}

SoftHsmReader::SoftHsmReader(SoftHsmReader&& other) noexcept
    : child_(std::exchange(other.child_, -1)),
      to_(std::move(other.to_)),
      from_(std::move(other.from_)) {}

SoftHsmReader::~SoftHsmReader() {
  if (child_ < 0) return;
  to_ = FileDescriptor();
  from_ = FileDescriptor();
  kill(child_, SIGTERM);
  waitpid(child_, nullptr, 0);
}

Status SoftHsmReader::Give(const SecretBytes& carrying_key) {
  return WriteAll(to_.get(), carrying_key.span(), "the import's pipe");
}

Result<std::optional<ForeignObject>> SoftHsmReader::Next() {
  const Error died(Code::kUnavailable,
                   "SoftHSM2's process ended in the middle; is its folder whole?");
  std::array<std::uint8_t, 4> head{};
  if (TRY(ReadFully(from_.get(), head)) != head.size()) return died;
  const std::uint32_t size = TRY(ByteReader(head).ReadBe32());
  if (size == 0 || size > kLargestFrame) return died;
  Bytes frame(size);
  if (TRY(ReadFully(from_.get(), frame)) != size) return died;
  const ByteSpan content = ByteSpan(frame).subspan(1);
  switch (static_cast<Frame>(frame.front())) {
    case Frame::kObject:
      return std::optional(TRY(DecodeObject(content)));
    case Frame::kEnd:
      return std::optional<ForeignObject>();
    case Frame::kError:
      return ErrorOf(content);
  }
  return died;
}

}  // namespace vallum::cli
