// SPDX-License-Identifier: Apache-2.0
#include "net/http_parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>
#include <vector>

namespace vallum::net {
namespace {

namespace http = boost::beast::http;
using ErrorCode = boost::beast::error_code;
using BeastView = boost::beast::string_view;
using Headers = std::vector<std::pair<std::string, std::string>>;

// A body's declared length is only a claim: memory is taken as the bytes arrive.
constexpr std::size_t kMaxBodyReserve = 64 << 10;

std::string Lower(BeastView text) {
  std::string lower(text.data(), text.size());
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Strips "https://host" off an absolute-form target (RFC 9112, 3.2.2).
std::string OriginForm(BeastView target) {
  const std::string_view text(target.data(), target.size());
  const auto scheme = text.starts_with('/') ? std::string_view::npos : text.find("://");
  if (scheme == std::string_view::npos) return std::string(text);
  const auto path = text.find_first_of("/?", scheme + 3);
  if (path == std::string_view::npos) return "/";
  return (text[path] == '?' ? "/" : "") + std::string(text.substr(path));
}

unsigned RefusalOf(const ErrorCode& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == http::error::buffer_overflow) return 503;
  return 400;
}

std::string ReasonOf(unsigned refusal, const ErrorCode& error, const ParserLimits& limits) {
  switch (refusal) {
    case 431:
      return "the header is larger than " + std::to_string(limits.max_header_bytes) +
             " bytes or has too many fields";
    case 413:
      return "the body is larger than " + std::to_string(limits.max_body_bytes) + " bytes";
    case 503:
      return "no locked memory is left for the body; try again later";
    default:
      return "not valid HTTP/1.1: " + error.message();
  }
}

// What requests and responses share: fields, body, and the bounds over all of it.
template <bool kIsRequest>
class Core : public http::basic_parser<kIsRequest> {
 public:
  Core(const ParserLimits& limits, Headers& headers, SecretBuffer& body)
      : limits_(limits), headers_(headers), body_(body) {
    this->eager(true);
    this->header_limit(static_cast<std::uint32_t>(limits.max_header_bytes));
    this->body_limit(limits.max_body_bytes);
  }

  ParseProgress Advance(ByteSpan data) {
    ErrorCode error;
    const bool in_header = !this->is_header_done();
    ParseProgress progress;
    // Beast 1.81 asserts on less in the last chunk; that many bytes are always still to come.
    constexpr std::size_t kLeastChunkedRest = 5;
    if (!in_header && this->chunked() && data.size() < kLeastChunkedRest) return progress;
    progress.used = this->put(boost::asio::const_buffer(data.data(), data.size()), error);
    progress.done = !error && this->is_done();
    if (error == http::error::need_more) error = {};
    if (!error && in_header) {
      header_bytes_ += this->is_header_done() ? 0 : progress.used;
      if (header_bytes_ > limits_.max_header_bytes) error = http::error::header_limit;
    }
    // Chunk extensions and trailers are buffered by the caller; nothing else bounds them.
    if (!error && !progress.done && data.size() - progress.used > limits_.max_header_bytes) {
      error = http::error::header_limit;
    }
    if (error) {
      progress.refusal = RefusalOf(error);
      progress.reason = ReasonOf(progress.refusal, error, limits_);
    }
    return progress;
  }

 protected:
  // Field is called for each header field before it is kept.
  virtual void Field(const std::string& name, BeastView value, ErrorCode& error) = 0;
  virtual void HeaderDone(ErrorCode& error) = 0;
  ParserLimits limits_;

 private:
  void on_field_impl(http::field, BeastView name, BeastView value, ErrorCode& error) override {
    if (in_body_) return;
    if (headers_.size() == kMaxHeaderFields) {
      error = http::error::header_limit;
      return;
    }
    auto lower = Lower(name);
    const BeastView chunked = "chunked";
    if (lower == "transfer-encoding" && !boost::beast::iequals(value, chunked)) {
      error = http::error::bad_transfer_encoding;
      return;
    }
    Field(lower, value, error);
    if (!error) headers_.emplace_back(std::move(lower), std::string(value.data(), value.size()));
  }

  void on_header_impl(ErrorCode& error) override { HeaderDone(error); }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& error) override {
    in_body_ = true;
    const auto expected = std::min<std::uint64_t>(length.value_or(0), kMaxBodyReserve);
    if (!body_.Reserve(expected)) error = http::error::buffer_overflow;
  }

  std::size_t on_body_impl(BeastView piece, ErrorCode& error) override {
    if (!body_.Append(AsBytes({piece.data(), piece.size()}))) error = http::error::buffer_overflow;
    return piece.size();
  }

  void on_chunk_header_impl(std::uint64_t, BeastView, ErrorCode&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, BeastView piece, ErrorCode& error) override {
    return on_body_impl(piece, error);
  }

  void on_finish_impl(ErrorCode&) override {}

  Headers& headers_;
  SecretBuffer& body_;
  std::size_t header_bytes_ = 0;
  bool in_body_ = false;
};

class RequestCore final : public Core<true> {
 public:
  RequestCore(const ParserLimits& limits, Request& request)
      : Core(limits, request.headers, request.body), request_(request) {}
  bool expects_continue() const { return expects_continue_; }

 private:
  void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                       ErrorCode& error) override {
    needs_host_ = version == 11;
    request_.method.assign(method.data(), method.size());
    request_.target = OriginForm(target);
    if (!request_.target.starts_with('/')) error = http::error::bad_target;
  }
  void on_response_impl(int, BeastView, int, ErrorCode&) override {}

  void Field(const std::string& name, BeastView value, ErrorCode& error) override {
    if (name == "host" && ++hosts_ > 1) error = http::error::bad_field;
    if (name == "expect" && boost::beast::iequals(value, "100-continue")) expects_continue_ = true;
  }

  void HeaderDone(ErrorCode& error) override {
    if (hosts_ == 0 && needs_host_) error = http::error::bad_field;
  }

  Request& request_;
  int hosts_ = 0;
  bool needs_host_ = false;
  bool expects_continue_ = false;
};

class BeastRequestParser final : public RequestParser {
 public:
  BeastRequestParser(const Peer* peer, const ParserLimits& limits) : core_(limits, request_) {
    request_.peer = peer;
  }
  ParseProgress Parse(ByteSpan data) override { return core_.Advance(data); }
  bool WantsContinue() const override {
    return core_.expects_continue() && core_.is_header_done() && !core_.is_done();
  }
  bool keep_alive() const override { return core_.keep_alive(); }
  Request& request() override { return request_; }

 private:
  Request request_;
  RequestCore core_;
};

class ResponseCore final : public Core<false> {
 public:
  ResponseCore(const ParserLimits& limits, ClientResponse& response)
      : Core(limits, response.headers, response.body), response_(response) {}

 private:
  void on_request_impl(http::verb, BeastView, BeastView, int, ErrorCode&) override {}
  void on_response_impl(int status, BeastView, int, ErrorCode&) override {
    response_.status = static_cast<unsigned>(status);
  }
  void Field(const std::string&, BeastView, ErrorCode&) override {}
  void HeaderDone(ErrorCode& error) override {
    if (need_eof()) error = http::error::bad_content_length;
  }

  ClientResponse& response_;
};

class BeastResponseParser final : public ResponseParser {
 public:
  BeastResponseParser(bool head, const ParserLimits& limits) : head_(head), limits_(limits) {
    Restart();
  }

  ParseProgress Parse(ByteSpan data) override {
    ParseProgress progress = core_->Advance(data);
    while (progress.done && response_.status / 100 == 1) {
      Restart();
      if (progress.used == data.size()) {
        progress.done = false;
        break;
      }
      auto next = core_->Advance(data.subspan(progress.used));
      next.used += progress.used;
      progress = std::move(next);
    }
    return progress;
  }
  bool keep_alive() const override { return core_->keep_alive(); }
  ClientResponse& response() override { return response_; }

 private:
  void Restart() {
    response_ = {};
    core_ = std::make_unique<ResponseCore>(limits_, response_);
    core_->skip(head_);
  }

  bool head_;
  ParserLimits limits_;
  ClientResponse response_;
  std::unique_ptr<ResponseCore> core_;
};

}  // namespace

std::unique_ptr<RequestParser> RequestParser::Create(const Peer* peer, const ParserLimits& limits) {
  return std::make_unique<BeastRequestParser>(peer, limits);
}

std::unique_ptr<ResponseParser> ResponseParser::Create(bool head, const ParserLimits& limits) {
  return std::make_unique<BeastResponseParser>(head, limits);
}

}  // namespace vallum::net
