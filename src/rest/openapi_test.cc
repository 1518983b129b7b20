// SPDX-License-Identifier: Apache-2.0
// Tests generated from openapi.json: every operation of the document times everything that can be
// wrong with a request.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/test_matchers.h"
#include "rest/fake_service.h"
#include "rest/openapi_reader.h"
#include "rest/router.h"

namespace vallum::rest {
namespace {

class OpenApiTest : public testing::Test {
 protected:
  std::string Mismatch(const std::string& body, JsonValue schema) const {
    const auto document = JsonDocument::Parse(body);
    if (!document) return document.error().ToString() + ": " + body;
    return document_.Mismatch(document->root(), schema);
  }

  void ExpectProblem(const Reply& reply, unsigned status, Code code, const std::string& what) {
    EXPECT_EQ(reply.status, status) << what << " " << reply.body;
    EXPECT_EQ(reply.content_type, "application/problem+json") << what;
    EXPECT_NE(reply.Header("X-Request-Id"), "") << what;
    EXPECT_EQ(Mismatch(reply.body, document_.Schema("Problem")), "") << what;
    EXPECT_NE(reply.body.find("\"" + std::string(CodeName(code)) + "\""), std::string::npos)
        << what << " " << reply.body;
  }

  Reply Ask(const Operation& operation, const std::string& body) {
    return Send(api_, operation.method, operation.target, body);
  }

  // Calls `check(operation, body)` for each form of each request body of the document.
  template <typename Check>
  void ForEachBody(Check check) {
    int count = 0;
    for (const Operation& operation : document_.Operations()) {
      for (const Body& body : operation.bodies) {
        check(operation, body);
        ++count;
      }
    }
    EXPECT_GT(count, 15);
  }

  OpenApi document_ = OpenApi::Load();
  FakeService service_;
  RestApi api_{service_, {.max_body_bytes = 64 << 10}};
};

std::string WithoutDots(std::string_view pattern) {
  std::string text(pattern);
  const std::size_t at = text.find("...}");
  if (at != std::string::npos) text.erase(at, 3);
  return text;
}

TEST_F(OpenApiTest, EveryOperationIsRoutedAndEveryRouteIsDocumented) {
  std::set<std::string> documented;
  for (const Operation& operation : document_.Operations()) {
    documented.insert(operation.method + " " + operation.path);
  }
  std::set<std::string> routed;
  for (const Route& route : Routes()) {
    routed.insert(std::string(route.method) + " " + WithoutDots(route.pattern.text()));
  }
  EXPECT_EQ(documented, routed);
}

TEST_F(OpenApiTest, ValidRequestsGetTheDocumentedAnswer) {
  for (const Operation& operation : document_.Operations()) {
    std::vector<std::string> bodies = {""};
    if (!operation.bodies.empty()) bodies.clear();
    for (const Body& body : operation.bodies) bodies.push_back(Render(body.example));
    for (const std::string& body : bodies) {
      const Reply reply = Ask(operation, body);
      EXPECT_EQ(std::to_string(reply.status), operation.success) << operation.id << reply.body;
      EXPECT_TRUE(reply.content_type.starts_with(operation.content_type)) << operation.id;
      EXPECT_EQ(reply.Header("X-Request-Id").size(), 36u) << operation.id;
      if (operation.content_type == "application/json") {
        EXPECT_EQ(Mismatch(reply.body, *operation.answer), "") << operation.id << reply.body;
      }
    }
  }
}

TEST_F(OpenApiTest, CodesOfTheDocumentAreAllCodes) {
  std::vector<std::string> names;
  const auto listed = document_.Schema("Code").Find("enum")->AsArray();
  ASSERT_THAT(listed, IsOk());
  for (const JsonValue name : *listed) names.emplace_back(*name.AsString());
  EXPECT_TRUE(std::ranges::equal(names, kCodeNames));
}

TEST_F(OpenApiTest, AnonymousClientsAreSentAwayExceptWhereTheDocumentSaysSo) {
  for (const Operation& operation : document_.Operations()) {
    const std::string body = operation.bodies.empty() ? "" : Render(operation.bodies[0].example);
    const Reply reply = Send(api_, operation.method, operation.target, body, As::kAnonymous);
    if (operation.anonymous) {
      EXPECT_EQ(std::to_string(reply.status), operation.success) << operation.id;
    } else {
      ExpectProblem(reply, 401, Code::kUnauthenticated, operation.id);
    }
  }
}

TEST_F(OpenApiTest, OtherMethodsAreRefusedWithThoseAllowed) {
  for (const Operation& operation : document_.Operations()) {
    for (const std::string_view method : {"DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW"}) {
      const Reply reply = Send(api_, method, operation.target, "");
      ExpectProblem(reply, 405, Code::kInvalidArgument, operation.id);
      EXPECT_NE(reply.Header("Allow").find(operation.method), std::string::npos) << operation.id;
    }
  }
}

TEST_F(OpenApiTest, MalformedJsonIsRefused) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    const std::string good = Render(body.example);
    for (const std::string& bad :
         {good.substr(0, good.size() - 1), good + "x", good + good, std::string("[]"),
          std::string("null"), std::string("\"a\""), std::string("{'a':1}"), std::string("{\xff}"),
          std::string(1, '\0')}) {
      ExpectProblem(Ask(operation, bad), 400, Code::kInvalidArgument, operation.id + bad);
    }
  });
}

TEST_F(OpenApiTest, UnknownMembersAreRefusedByName) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    RawMembers members = body.example;
    members.emplace_back("surprise", "1");
    const Reply reply = Ask(operation, Render(members));
    ExpectProblem(reply, 400, Code::kInvalidArgument, operation.id);
    EXPECT_NE(reply.body.find("surprise"), std::string::npos) << reply.body;
  });
}

TEST_F(OpenApiTest, RepeatedMembersAreRefused) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    if (body.example.empty()) return;
    RawMembers members = body.example;
    members.push_back(members.front());
    ExpectProblem(Ask(operation, Render(members)), 400, Code::kInvalidArgument, operation.id);
  });
}

TEST_F(OpenApiTest, TooDeepJsonIsRefused) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    RawMembers members = body.example;
    members.emplace_back("deep", std::string(1000, '[') + std::string(1000, ']'));
    ExpectProblem(Ask(operation, Render(members)), 400, Code::kInvalidArgument, operation.id);
  });
}

TEST_F(OpenApiTest, TooLargeBodiesAreRefused) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    const std::string large = Render(body.example) + std::string(64 << 10, ' ');
    ExpectProblem(Ask(operation, large), 413, Code::kResourceExhausted, operation.id);
  });
}

TEST_F(OpenApiTest, OtherContentTypesAreRefused) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    for (const std::string type : {"text/plain", "application/x-www-form-urlencoded", ""}) {
      const Reply reply = Send(api_, operation.method, operation.target, Render(body.example),
                               As::kClient, {{"content-type", type}});
      ExpectProblem(reply, 400, Code::kInvalidArgument, operation.id + type);
    }
  });
}

TEST_F(OpenApiTest, EachRequiredMemberIsMissed) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    const auto required = body.schema.Find("required");
    if (!required) return;
    const std::vector<JsonValue> names = *required->AsArray();
    for (const JsonValue value : names) {
      const std::string name(*value.AsString());
      RawMembers members = body.example;
      std::erase_if(members, [&](const auto& member) { return member.first == name; });
      const Reply reply = Ask(operation, Render(members));
      ExpectProblem(reply, 400, Code::kInvalidArgument, operation.id + " without " + name);
    }
  });
}

TEST_F(OpenApiTest, EachMemberOfAWrongTypeIsRefused) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    for (std::size_t i = 0; i < body.example.size(); ++i) {
      RawMembers members = body.example;
      members[i].second = "[[17]]";
      const Reply reply = Ask(operation, Render(members));
      ExpectProblem(reply, 400, Code::kInvalidArgument, operation.id + " " + members[i].first);
    }
  });
}

TEST_F(OpenApiTest, WrongBase64IsRefused) {
  int count = 0;
  ForEachBody([&](const Operation& operation, const Body& body) {
    const std::string text = Render(body.example);
    for (std::size_t at = text.find("\"aGk=\""); at != std::string::npos;
         at = text.find("\"aGk=\"", at + 1)) {
      for (const std::string_view bad :
           {"\"aGk\"", "\"a!k=\"", "\"aGl=\"", "\" aGk=\"", "\"====\""}) {
        std::string changed = text;
        changed.replace(at, std::string_view("\"aGk=\"").size(), bad);
        ExpectProblem(Ask(operation, changed), 400, Code::kInvalidArgument, operation.id + changed);
        ++count;
      }
    }
  });
  EXPECT_GT(count, 50);
}

TEST_F(OpenApiTest, UnknownQueryParametersAreRefused) {
  for (const Operation& operation : document_.Operations()) {
    if (operation.anonymous) continue;
    const std::string body = operation.bodies.empty() ? "" : Render(operation.bodies[0].example);
    const Reply reply = Send(api_, operation.method, operation.target + "?surprise=1", body);
    ExpectProblem(reply, 400, Code::kInvalidArgument, operation.id);
  }
}

TEST_F(OpenApiTest, ABodyWhereNoneBelongsIsRefused) {
  for (const Operation& operation : document_.Operations()) {
    if (operation.anonymous || !operation.bodies.empty()) continue;
    ExpectProblem(Ask(operation, "{}"), 400, Code::kInvalidArgument, operation.id);
  }
}

TEST_F(OpenApiTest, NoneOfTheseReachedTheService) {
  ForEachBody([&](const Operation& operation, const Body& body) {
    (void)Ask(operation, Render(body.example) + "x");
    (void)Send(api_, operation.method, operation.target, Render(body.example), As::kAnonymous);
  });
  EXPECT_EQ(service_.calls, 0);
}

TEST_F(OpenApiTest, EveryErrorOfTheServiceBecomesItsProblem) {
  for (const Operation& operation : document_.Operations()) {
    if (operation.anonymous) continue;
    const std::string body = operation.bodies.empty() ? "" : Render(operation.bodies[0].example);
    service_.failure = Error(Code::kKeyState, "the version is suspended");
    ExpectProblem(Ask(operation, body), 409, Code::kKeyState, operation.id);
  }
}

}  // namespace
}  // namespace vallum::rest
