// SPDX-License-Identifier: Apache-2.0
#include "scan/host/ask.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "base/file.h"
#include "scan/content/text.h"

namespace vallum::scan {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMaxAnswer = 64U << 10;

/// Question is how one runtime says it. The answer is its whole text, or for `is_part` a part of it.
struct Question {
  std::string_view program;
  std::string_view product;
  std::array<std::string_view, 3> arguments;
  std::string_view yes;
  std::string_view no;
  bool is_part = false;
};
constexpr auto kQuestions = std::to_array<Question>({
    {"node", "Node.js", {"-p", "crypto.getFips()", ""}, "1", "0"},
    {"python3",
     "Python",
     {"-I", "-c", "import _hashlib; print(_hashlib.get_fips_mode())"},
     "1",
     "0"},
    {"openssl", "OpenSSL", {"list", "-providers", ""}, "fips", "Providers:", true},
    {"java",
     "Java",
     {"-XshowSettings:security:providers", "-version", ""},
     "Fips",
     "Security provider",
     true},
});

class FileActions {
 public:
  FileActions() { ::posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
  /// Both outputs into `to`, nothing to read.
  void Connect(int to) {
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, to, STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions_, to, STDERR_FILENO);
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// In a group of its own, so that what it starts ends with it.
Result<pid_t> Start(const std::vector<std::string>& command, int output) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& one : command) arguments.push_back(const_cast<char*>(one.c_str()));
  arguments.push_back(nullptr);
  FileActions actions;
  actions.Connect(output);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, command.front().c_str(), actions.get(), &attributes,
                                   arguments.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  if (failed != 0) return NotFound(command.front() + " cannot be started");
  return child;
}

/// What comes until the other end is closed.
Result<std::string> ReadAnswer(int from, Clock::time_point end) {
  std::string answer;
  std::array<char, 4096> buffer;
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd one{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = left <= 0 ? 0 : ::poll(&one, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Error(Code::kTimeout, "it gave no answer in time");
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got < 0) return ErrnoError(errno, "reading the answer");
    if (got == 0) return answer;
    answer.append(buffer.data(), static_cast<std::size_t>(got));
    if (answer.size() > kMaxAnswer) return ResourceExhausted("its answer is longer than 64 KiB");
  }
}

/// The program is there no more when this returns, nor what it left running.
int End(pid_t child, bool kill) {
  if (kill) ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::optional<bool> Judge(const Question& question, std::string_view answer) {
  const auto says = [&](std::string_view word) {
    if (question.is_part) return answer.find(word) != answer.npos;
    return answer.substr(0, answer.find('\n')) == word;
  };
  if (says(question.yes)) return true;
  return says(question.no) ? std::optional(false) : std::nullopt;
}

Result<Fact> Ask(const Question& question, const std::filesystem::path& program,
                 std::chrono::milliseconds limit) {
  std::vector<std::string> command = {program.string()};
  for (const std::string_view one : question.arguments) {
    if (!one.empty()) command.emplace_back(one);
  }
  const std::string answer = TRY(RunProgram(command, limit));
  const auto in_mode = Judge(question, answer);
  if (!in_mode) return Unsupported("it does not say whether it is in FIPS mode");
  const std::string_view said = std::string_view(answer).substr(0, answer.find('\n'));
  const std::string_view named = *in_mode ? question.yes : "no FIPS provider";
  return Fact{
      *in_mode ? FactKind::kSaysFipsOn : FactKind::kSaysFipsOff, std::string(question.product), "",
      Confidence::kExact,
      fmt::format("`{}` says: {}", fmt::join(command, " "), question.is_part ? named : said)};
}

}  // namespace

Result<std::string> RunProgram(const std::vector<std::string>& command,
                               std::chrono::milliseconds limit) {
  std::array<int, 2> ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError(errno, "making a pipe");
  const FileDescriptor from(ends[0]);
  FileDescriptor to(ends[1]);
  const pid_t child = TRY(Start(command, to.get()));
  to = FileDescriptor();
  auto answer = ReadAnswer(from.get(), Clock::now() + limit);
  const int status = End(child, !answer);
  if (answer && status != 0) return Unsupported("it did not end well");
  return answer;
}

std::vector<FileFacts> AskRuntimes(const AskOptions& options, Visitor& problems) {
  std::vector<FileFacts> answers;
  for (const std::filesystem::path& folder : options.folders) {
    for (const Question& question : kQuestions) {
      const std::filesystem::path program = folder / question.program;
      if (::access(program.c_str(), X_OK) != 0) continue;
      const std::string path = program.relative_path().string() + " (asked)";
      auto fact = Ask(question, program, options.limit);
      if (fact) {
        answers.push_back({path, 0, "", {*std::move(fact)}});
      } else {
        problems.OnProblem(path, fact.error());
      }
    }
  }
  return answers;
}

}  // namespace vallum::scan
