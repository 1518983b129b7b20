// SPDX-License-Identifier: Apache-2.0
#include "rest/rest.h"

#include <gtest/gtest.h>

#include "base/test_matchers.h"
#include "rest/fake_service.h"

namespace vallum::rest {
namespace {

using testing::HasSubstr;
using testing::Not;

class RestTest : public testing::Test {
 protected:
  FakeService service_;
  std::vector<Error> faults_;
  RestApi api_{service_, {.on_server_fault = [this](const RequestId&, const Error& error) {
                 faults_.push_back(error);
               }}};
};

bool IsSlow(const RestApi& api, std::string_view method, std::string_view target,
            std::size_t body_size) {
  net::Request request;
  request.method = method;
  request.target = target;
  EXPECT_THAT(request.body.Extend(body_size), IsOk());
  return api.IsSlow(request);
}

TEST_F(RestTest, ServesItsOwnDescription) {
  const Reply reply = Send(api_, "GET", "/v1/openapi.json", "", As::kAnonymous);
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.body, OpenApiDocument());
}

TEST_F(RestTest, EveryReplyNamesItsRequestAndIsNotCached) {
  for (const std::string_view target : {"/livez", "/nowhere", "/v1/keys"}) {
    const Reply reply = Send(api_, "GET", target, "");
    EXPECT_EQ(reply.Header("X-Request-Id"), "01020304-0000-0000-0000-000000000000");
    EXPECT_EQ(reply.Header("Cache-Control"), "no-store");
  }
}

TEST_F(RestTest, UnknownPathsAre404) {
  const Reply reply = Send(api_, "GET", "/v2/keys", "");
  EXPECT_EQ(reply.status, 404u);
  EXPECT_THAT(reply.body, HasSubstr("openapi.json"));
}

TEST_F(RestTest, TellsTheServiceWhoAsksAndUnderWhichTrace) {
  (void)Send(api_, "GET", "/v1/keys/a", "", As::kClient,
             {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
  EXPECT_EQ(service_.last_caller.certificate_fingerprint, Bytes(32, 0x42));
  EXPECT_EQ(service_.last_caller.trace, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(service_.last_caller.request, service_.NewRequestId());
}

TEST_F(RestTest, ReadinessNamesThePartThatIsNotWell) {
  service_.health.audit = Error(Code::kStorageFull, "no space left in /var/lib/vallum/audit");
  const Reply reply = Send(api_, "GET", "/readyz", "", As::kAnonymous);
  EXPECT_EQ(reply.status, 503u);
  EXPECT_THAT(reply.body, HasSubstr(R"("status":"not_ready")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("module":"ok")"));
  EXPECT_THAT(reply.body, HasSubstr("storage_full"));
  EXPECT_THAT(reply.body, Not(HasSubstr("/var/lib")));
}

TEST_F(RestTest, AServersFaultIsReportedInsideAndHiddenOutside) {
  service_.failure = Internal("row 17 of table x is odd");
  const Reply reply = Send(api_, "GET", "/v1/keys/a", "");
  EXPECT_EQ(reply.status, 500u);
  EXPECT_THAT(reply.body, Not(HasSubstr("row 17")));
  ASSERT_EQ(faults_.size(), 1u);
  EXPECT_THAT(faults_[0].message(), HasSubstr("row 17"));
}

TEST_F(RestTest, AClientsMistakeIsNoFault) {
  service_.failure = NotFound("no key \"a\"");
  EXPECT_EQ(Send(api_, "GET", "/v1/keys/a", "").status, 404u);
  EXPECT_TRUE(faults_.empty());
}

TEST_F(RestTest, ARefusedRequestOfAPrincipalIsRecorded) {
  (void)Send(api_, "POST", "/v1/keys/a/encrypt", R"({"plaintext":1})");
  ASSERT_EQ(service_.refusals.size(), 1u);
  EXPECT_EQ(service_.refusals[0].first, policy::Name(policy::Action::kEncrypt));
  EXPECT_EQ(service_.refusals[0].second, Code::kInvalidArgument);
}

TEST_F(RestTest, WhatTheServiceRefusedItRecordedItself) {
  service_.failure = NotFound("no key");
  (void)Send(api_, "POST", "/v1/keys/a/encrypt", R"({"plaintext":""})");
  EXPECT_TRUE(service_.refusals.empty());
}

TEST_F(RestTest, AnAnonymousFloodLeavesNoRecords) {
  (void)Send(api_, "POST", "/v1/keys/a/encrypt", "{}", As::kAnonymous);
  EXPECT_TRUE(service_.refusals.empty());
}

TEST_F(RestTest, ABatchKeepsItsOrderAndItsFailures) {
  service_.item_failures = {std::nullopt, Error(Code::kVerifyFailed, "the tag does not match")};
  const Reply reply = Send(api_, "POST", "/v1/keys/a/decrypt",
                           R"({"items":[{"ciphertext":"aGk="},{"ciphertext":"aGk="}]})");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.body,
            R"({"items":[{"plaintext":"AAAA","fips":{"approved":true,"reasons":[]}},)"
            R"({"error":{"code":"verify_failed","detail":"the tag does not match"}}]})");
}

TEST_F(RestTest, KeysAreMadeOneOrSeveralAtATime) {
  EXPECT_EQ(Send(api_, "POST", "/v1/keys", R"({"name":"a","algorithm":"aes-256-gcm"})").status,
            201u);
  service_.item_failures = {std::nullopt, Error(Code::kAlreadyExists, "taken")};
  const Reply reply = Send(api_, "POST", "/v1/keys",
                           R"({"items":[{"name":"a","algorithm":"aes-256-gcm"},)"
                           R"({"name":"b","algorithm":"ec-p256"}]})");
  EXPECT_EQ(reply.status, 201u);
  EXPECT_THAT(reply.body, HasSubstr(R"("name":"a")"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"error":{"code":"already_exists","detail":"taken"}}]})"));
}

TEST_F(RestTest, TheSameFailureOfASingleItemIsAProblem) {
  service_.item_failures = {Error(Code::kVerifyFailed, "the tag does not match")};
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/decrypt", R"({"ciphertext":"aGk="})").status, 422u);
}

TEST_F(RestTest, AnItemsServerFaultIsHiddenToo) {
  service_.item_failures = {std::nullopt, Internal("row 17")};
  const Reply reply =
      Send(api_, "POST", "/v1/keys/a/encrypt", R"({"items":[{"plaintext":""},{"plaintext":""}]})");
  EXPECT_THAT(reply.body, Not(HasSubstr("row 17")));
}

TEST_F(RestTest, AnErrorInABatchNamesTheItem) {
  const Reply reply =
      Send(api_, "POST", "/v1/keys/a/encrypt", R"({"items":[{"plaintext":""},{"plaintxt":""}]})");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_THAT(reply.body, HasSubstr("items[1]"));
}

TEST_F(RestTest, BatchesAreBounded) {
  std::string items;
  for (int i = 0; i < 257; ++i) items += std::string(i == 0 ? "" : ",") + R"({"plaintext":""})";
  const auto body = [](const std::string& list) { return R"({"items":[)" + list + "]}"; };
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/encrypt", body(items)).status, 400u);
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/encrypt", body("")).status, 400u);
  items.resize(items.rfind(','));
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/encrypt", body(items)).status, 200u);
}

TEST_F(RestTest, AWrongSignatureIsAnAnswer) {
  service_.item_failures = {Error(Code::kVerifyFailed, "no match")};
  const Reply reply =
      Send(api_, "POST", "/v1/keys/a/verify", R"({"message":"aGk=","signature":"aGk="})");
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(reply.body, R"({"valid":false,"fips":{"approved":true,"reasons":[]}})");
}

TEST_F(RestTest, AWrongSignatureUnderALaxerPolicyDoesNotClaimApproval) {
  RestApi lax(service_, {.policy = module::Policy::kOn});
  service_.item_failures = {Error(Code::kVerifyFailed, "no match")};
  const Reply reply = Send(lax, "POST", "/v1/keys/a/verify-mac", R"({"message":"","mac":""})");
  EXPECT_EQ(reply.body, R"({"valid":false,"fips":{"approved":false,"reasons":[]}})");
}

TEST_F(RestTest, OtherFailuresOfAVerificationAreProblems) {
  service_.item_failures = {Error(Code::kUnsupported, "not with this scheme")};
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/verify", R"({"message":"","signature":""})").status,
            400u);
}

TEST_F(RestTest, MessageAndDigestExcludeEachOther) {
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/sign", R"({"message":"","digest":""})").status, 400u);
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/sign", "{}").status, 400u);
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/sign", R"({"digest":"aGk="})").status, 200u);
}

TEST_F(RestTest, AnEmptyListOfUsagesIsNotAllUsages) {
  const Reply reply =
      Send(api_, "POST", "/v1/keys", R"({"name":"a","algorithm":"ec-p256","usages":[]})");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(RestTest, AnUnknownAlgorithmIsUnsupported) {
  const Reply reply = Send(api_, "POST", "/v1/keys", R"({"name":"a","algorithm":"rot13"})");
  EXPECT_EQ(reply.status, 400u);
  EXPECT_THAT(reply.body, HasSubstr("unsupported"));
}

TEST_F(RestTest, RandomIsBounded) {
  EXPECT_EQ(Send(api_, "POST", "/v1/random", R"({"bytes":65536})").status, 200u);
  for (const std::string_view bytes : {"0", "-1", "65537", "1.5", "\"1\""}) {
    EXPECT_EQ(Send(api_, "POST", "/v1/random", R"({"bytes":)" + std::string(bytes) + "}").status,
              400u)
        << bytes;
  }
}

TEST_F(RestTest, AnAbsentBodyIsAnEmptyObject) {
  EXPECT_EQ(Send(api_, "POST", "/v1/keys/a/rotate", "").status, 200u);
}

TEST_F(RestTest, EscapesInAKeysNameAreDecoded) {
  const Reply reply = Send(api_, "GET", "/v1/keys/a%2Db", "");
  EXPECT_THAT(reply.body, HasSubstr(R"("name":"a-b")"));
  EXPECT_EQ(Send(api_, "GET", "/v1/keys/a%2", "").status, 400u);
}

TEST_F(RestTest, RevokingANameThatIsNotThereAnyMoreIsNotFound) {
  EXPECT_EQ(Send(api_, "POST", "/v1/principals/ghost/revoke", "{}").status, 404u);
}

TEST_F(RestTest, RefusalsOfTheServerAreProblemsToo) {
  const net::Response response = api_.Refuse(431, "the headers are too long");
  EXPECT_EQ(response.status, 431u);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_THAT(std::string(AsText(response.body.span())), HasSubstr("resource_exhausted"));
}

TEST_F(RestTest, ShortWorkStaysOnTheIoThread) {
  EXPECT_FALSE(IsSlow(api_, "POST", "/v1/keys/a/encrypt", 2000));
  EXPECT_FALSE(IsSlow(api_, "POST", "/v1/keys/a/sign", 200));
  EXPECT_FALSE(IsSlow(api_, "GET", "/livez", 0));
  EXPECT_FALSE(IsSlow(api_, "GET", "/nowhere", 0));
}

TEST_F(RestTest, LongWorkGoesToThePool) {
  EXPECT_TRUE(IsSlow(api_, "POST", "/v1/keys", 100));
  EXPECT_TRUE(IsSlow(api_, "POST", "/v1/keys/a/rotate", 2));
  EXPECT_TRUE(IsSlow(api_, "POST", "/v1/keys/a/sign", 100'000));
  EXPECT_TRUE(IsSlow(api_, "GET", "/v1/audit/tile/0/000", 0));
}

TEST_F(RestTest, SignaturesThatTakeLongGoToThePool) {
  service_.signs_for_long = true;
  EXPECT_TRUE(IsSlow(api_, "POST", "/v1/keys/a/sign", 20));
  EXPECT_FALSE(IsSlow(api_, "POST", "/v1/keys/a/verify", 20));
  EXPECT_FALSE(IsSlow(api_, "POST", "/v1/keys/%zz/sign", 20)) << "it is refused at once";
}

TEST_F(RestTest, WithDurableRecordsEverythingRecordedGoesToThePool) {
  const RestApi durable(service_, {.audit_cost = AuditCost::kDisk});
  EXPECT_TRUE(IsSlow(durable, "POST", "/v1/keys/a/encrypt", 100));
  EXPECT_FALSE(IsSlow(durable, "GET", "/readyz", 0));
}

}  // namespace
}  // namespace vallum::rest
