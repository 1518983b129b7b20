// SPDX-License-Identifier: Apache-2.0
// What `vallum` prints. People get aligned text on standard output; with --json machines get one JSON
// document. Errors are one line on standard error: "vallum: what. what to do next".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace vallum::cli {

/// Printable replaces control characters, so that a stored name cannot steer the terminal.
std::string Printable(std::string_view text);

/// FormatTable aligns columns by their widest cell; the last one is not padded.
std::string FormatTable(const std::vector<std::vector<std::string>>& rows);

class Output {
 public:
  struct Mode {
    bool json = false;
    bool colour = false;    ///< standard output is a terminal and NO_COLOR is not set
    bool progress = false;  ///< standard error is a terminal
  };
  explicit Output(Mode mode) : mode_(mode) {}

  bool json() const { return mode_.json; }
  bool progress() const { return mode_.progress && !mode_.json; }

  using Row = std::pair<std::string_view, std::string>;
  /// For people; all of these print nothing with --json.
  void Line(std::string_view text);
  void Good(std::string_view text);  ///< with a green tick
  void Bad(std::string_view text);   ///< with a red cross
  void Fields(const std::vector<Row>& rows);
  void Table(const std::vector<std::string>& head, std::vector<std::vector<std::string>> rows);
  /// Warning goes to standard error, also with --json.
  void Warning(std::string_view text);

  /// Json prints a finished document and a line feed; only with --json.
  void Json(std::string_view document);
  /// Failure prints the one line for `error`, and with --json {"error":{"code","message"}}.
  void Failure(const Error& error);
  /// Flush is kStorage when standard output could not be written.
  Status Flush();

 private:
  void Write(std::string_view text);
  Mode mode_;
};

}  // namespace vallum::cli
