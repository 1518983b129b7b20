// SPDX-License-Identifier: Apache-2.0
// One tree, packed in every way: the visitor must see the same.
#include "scan/target/target.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/test_matchers.h"
#include "scan/test_support.h"

namespace vallum::scan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr uid_t kNobody = 65534;

using Files = std::map<std::string, std::string>;

struct Walked {
  Result<TargetType> type = TargetType::kFile;
  Files files;
  std::multimap<std::string, Code> problems;
  std::vector<std::string> environment;
};

Walked Walk(const std::filesystem::path& target, WalkOptions options = {}) {
  Recorder recorder;
  Walked walked;
  walked.type = WalkTarget(target, options, recorder);
  walked.files = recorder.Files();
  walked.problems = recorder.problems;
  walked.environment = recorder.environment;
  return walked;
}

/// A root file system with an archive in an archive, links of both kinds and an awkward name.
void MakeTree(const std::filesystem::path& root) {
  WriteTestFile(root / "usr/bin/tool", "#!/bin/sh\n");
  WriteTestFile(root / "usr/lib/lib.so", std::string(100'000, 'l'));
  WriteTestFile(root / "etc/empty", "");
  WriteTestFile(root / "opt/name with\nnewline", "odd");
  WriteTestFile(root / "jar/in/one.class", "class");
  RunShell(
      root,
      "ln usr/lib/lib.so usr/lib/same.so; ln -s lib.so usr/lib/soft.so; ln -s ../../../../etc out;"
      "chmod 0 usr/lib/lib.so; cd jar; python3 -c \"import shutil; shutil.make_archive('app', "
      "'zip', 'in')\";"
      "mkdir w; mv app.zip w/; tar -czf ../opt/app.tgz -C w .; cd ..; rm -r jar; gzip -k "
      "usr/bin/tool");
}

Files TreeFiles() {
  const std::string library(100'000, 'l');
  return {{"usr/bin/tool", "#!/bin/sh\n"},
          {"usr/bin/tool.gz!content", "#!/bin/sh\n"},
          {"usr/lib/lib.so", library},
          {"usr/lib/same.so", library},
          {"etc/empty", ""},
          {"opt/name with\nnewline", "odd"},
          {"opt/app.tgz!app.zip!one.class", "class"}};
}

/// `docker save` as of today, out of one or more layers that lie there as layer0.tar, layer1.tar, ...
constexpr const char* kDockerSave =
    "python3 - <<'P'\n"
    "import glob, json, tarfile\n"
    "layers = sorted(glob.glob('layer*.tar*'))\n"
    "open('config.json', 'w').write(json.dumps({'config': {'Env': ['GODEBUG=fips140=on']}}))\n"
    "open('manifest.json', 'w').write(json.dumps([{'Config': 'config.json', 'Layers': layers}]))\n"
    "with tarfile.open('save.tar', 'w') as t:\n"
    "  for n in ['config.json', *layers, 'manifest.json']: t.add(n)\n"
    "P\n";

/// An OCI layout in oci/, out of the same.
constexpr const char* kOci =
    "python3 - <<'P'\n"
    "import glob, hashlib, json, os\n"
    "os.makedirs('oci/blobs/sha256', exist_ok=True)\n"
    "def blob(data):\n"
    "  name = hashlib.sha256(data).hexdigest()\n"
    "  open('oci/blobs/sha256/' + name, 'wb').write(data)\n"
    "  return {'digest': 'sha256:' + name, 'size': len(data)}\n"
    "layers = [blob(open(n, 'rb').read()) for n in sorted(glob.glob('layer*.tar*'))]\n"
    "config = blob(json.dumps({'config': {'Env': ['GODEBUG=fips140=on']}}).encode())\n"
    "manifest = blob(json.dumps({'schemaVersion': 2, 'config': config, 'layers': "
    "layers}).encode())\n"
    "open('oci/oci-layout', 'w').write('{\"imageLayoutVersion\":\"1.0.0\"}')\n"
    "open('oci/index.json', 'w').write(json.dumps({'schemaVersion': 2, 'manifests': [manifest]}))\n"
    "P\n";

class PackingTest : public testing::Test {
 protected:
  void SetUp() override {
    MakeTree(folder_ / "root");
    RunShell(folder_.path(), "tar -cf plain.tar -C root .");
  }
  void ExpectTree(const std::string& name, TargetType type) {
    const Walked walked = Walk(folder_ / name);
    EXPECT_THAT(walked.type, IsOkAnd(type)) << name;
    EXPECT_EQ(walked.files, TreeFiles()) << name;
    EXPECT_THAT(walked.problems, IsEmpty()) << name;
  }
  const ScratchFolder folder_;
};

TEST_F(PackingTest, AFolder) { ExpectTree("root", TargetType::kFolder); }

TEST_F(PackingTest, ATarOfARootFileSystemInEveryCompression) {
  ExpectTree("plain.tar", TargetType::kRootArchive);
  const Bytes plain = *ReadFile(folder_ / "plain.tar");
  for (const Compression one :
       {Compression::kGzip, Compression::kZstd, Compression::kXz, Compression::kBzip2}) {
    WriteTestFile(folder_ / "packed", AsText(Compress(one, plain)));
    ExpectTree("packed", TargetType::kRootArchive);
  }
}

TEST_F(PackingTest, DockerSavePlainAndCompressed) {
  RunShell(folder_.path(),
           std::string("cp plain.tar layer0.tar\n") + kDockerSave + "gzip -k save.tar");
  ExpectTree("save.tar", TargetType::kImage);
  ExpectTree("save.tar.gz", TargetType::kImage);
  EXPECT_THAT(Walk(folder_ / "save.tar").environment, ElementsAre("GODEBUG=fips140=on"));
}

TEST_F(PackingTest, OciLayoutAsAFolderAndAsATarWithPackedLayers) {
  RunShell(folder_.path(),
           std::string("gzip -c plain.tar >layer0.tar.gz\n") + kOci + "tar -cf oci.tar -C oci .");
  ExpectTree("oci", TargetType::kImage);
  ExpectTree("oci.tar", TargetType::kImage);
  EXPECT_THAT(Walk(folder_ / "oci").environment, ElementsAre("GODEBUG=fips140=on"));
}

TEST_F(PackingTest, SeveralLayersWithWhiteouts) {
  RunShell(
      folder_.path(),
      "mkdir extra; mkdir -p extra/usr/bin extra/gone; cp -a root/. low; echo old >low/etc/removed;"
      "echo old >low/usr/bin/tool; mkdir low/gone; echo x >low/gone/x; rm -r low/opt;"
      "tar -cf layer0.tar -C low .;"
      "mkdir -p up/etc up/usr/bin; cp root/usr/bin/tool up/usr/bin/; cp -a root/opt up/; touch "
      "up/etc/.wh.removed up/.wh.gone;"
      "tar -cf layer1.tar -C up .\n" +
          std::string(kDockerSave) + kOci);
  ExpectTree("save.tar", TargetType::kImage);
  ExpectTree("oci", TargetType::kImage);
}

class WalkTargetTest : public testing::Test {
 protected:
  Walked WalkBytes(const Bytes& bytes, WalkOptions options = {}) {
    WriteTestFile(folder_ / "target", AsText(bytes));
    return Walk(folder_ / "target", std::move(options));
  }
  Walked WalkSaved(const std::vector<Bytes>& layers) {
    for (std::size_t at = 0; at < layers.size(); ++at) {
      WriteTestFile(folder_ / fmt::format("layer{}.tar", at), AsText(layers[at]));
    }
    RunShell(folder_.path(), kDockerSave);
    return Walk(folder_ / "save.tar");
  }
  const ScratchFolder folder_;
};

TEST_F(WalkTargetTest, WhatIsNotThereIsAnError) {
  EXPECT_THAT(Walk(folder_ / "nothing").type, IsError(Code::kNotFound));
}

TEST_F(WalkTargetTest, APipeIsRefusedInsteadOfWaitedFor) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(Walk(folder_ / "pipe").type, IsError(Code::kInvalidArgument));
  EXPECT_THAT(Walk(folder_.path()).files, IsEmpty());
}

TEST_F(WalkTargetTest, ASingleFileIsShownUnderItsName) {
  const Walked walked = WalkBytes(ToBytes(AsBytes("text")));
  EXPECT_THAT(walked.files, ElementsAre(Pair("target", "text")));
}

TEST_F(WalkTargetTest, AnEmptyFileIsAFile) {
  EXPECT_THAT(WalkBytes({}).files, ElementsAre(Pair("target", "")));
}

TEST_F(WalkTargetTest, ALaterEntryOfTheSameNameCounts) {
  const Walked walked =
      WalkSaved({TarBuilder().File("a", "1").File("b", "x").File("a", "2").Finish(),
                 TarBuilder().File("c", "1").Add('2', "c", "", "b").Finish()});
  EXPECT_THAT(walked.files, ElementsAre(Pair("a", "2"), Pair("b", "x")));
}

TEST_F(WalkTargetTest, AHardLinkOutlivesTheNameItWasMadeFrom) {
  const Walked walked =
      WalkSaved({TarBuilder().File("a", "body").HardLink("b", "a").HardLink("c", "/a").Finish(),
                 TarBuilder().File(".wh.a", "").Finish()});
  EXPECT_THAT(walked.files, ElementsAre(Pair("b", "body"), Pair("c", "body")));
  EXPECT_THAT(walked.problems, IsEmpty());
}

TEST_F(WalkTargetTest, AHardLinkToALowerLayerIsFollowed) {
  const Walked walked = WalkSaved({TarBuilder().File("a", "body").Finish(),
                                   TarBuilder().HardLink("b", "a").File(".wh.a", "").Finish()});
  EXPECT_THAT(walked.files, ElementsAre(Pair("b", "body")));
}

TEST_F(WalkTargetTest, AHardLinkToNothingIsAProblem) {
  EXPECT_THAT(WalkSaved({TarBuilder().HardLink("b", "a").Finish()}).problems,
              ElementsAre(Pair("b", Code::kNotFound)));
}

TEST_F(WalkTargetTest, ADamagedLayerIsAProblemAndTheOthersAreShown) {
  Bytes damaged = TarBuilder().File("a", "1").File("b", "2").Finish();
  damaged[1024] = 'X';
  const Walked walked = WalkSaved({damaged, TarBuilder().File("c", "3").Finish()});
  EXPECT_THAT(walked.files, ElementsAre(Pair("a", "1"), Pair("c", "3")));
  EXPECT_THAT(walked.problems, ElementsAre(Pair("layer layer0.tar", Code::kInvalidArgument)));
}

TEST_F(WalkTargetTest, AMissingLayerIsAProblem) {
  WriteTestFile(folder_ / "image/manifest.json",
                R"([{"Config":"config.json","Layers":["gone.tar"]}])");
  WriteTestFile(folder_ / "image/config.json", "{}");
  const Walked walked = Walk(folder_ / "image");
  EXPECT_THAT(walked.type, IsOkAnd(TargetType::kImage));
  EXPECT_THAT(walked.problems, ElementsAre(Pair("layer gone.tar", Code::kNotFound)));
}

TEST_F(WalkTargetTest, ALayerPathCannotLeaveTheImage) {
  WriteTestFile(folder_ / "secret.tar", AsText(TarBuilder().File("secret", "s").Finish()));
  WriteTestFile(folder_ / "image/manifest.json",
                R"([{"Config":"config.json","Layers":["../secret.tar","link.tar"]}])");
  WriteTestFile(folder_ / "image/config.json", "{}");
  RunShell(folder_ / "image", "ln -s ../secret.tar link.tar");
  const Walked walked = Walk(folder_ / "image");
  EXPECT_THAT(walked.files, IsEmpty());
  EXPECT_EQ(walked.problems.size(), 2U);
}

TEST_F(WalkTargetTest, OtherPlatformsOfAnImageAreNamed) {
  WriteTestFile(folder_ / "image/oci-layout", "{}");
  WriteTestFile(
      folder_ / "image/index.json",
      R"({"manifests":[{"digest":"sha256:aa","platform":{"os":"linux","architecture":"s390x"}},)"
      R"({"digest":"sha256:bb","platform":{"os":"plan9","architecture":"mips"}},)"
      R"({"digest":"sha256:cc","platform":{"os":"unknown","architecture":"unknown"}}]})");
  WriteTestFile(folder_ / "image/blobs/sha256/aa",
                R"({"config":{"digest":"sha256:dd"},"layers":[]})");
  WriteTestFile(folder_ / "image/blobs/sha256/dd", "{}");
  EXPECT_THAT(Walk(folder_ / "image").problems,
              ElementsAre(Pair("image plan9/mips sha256:bb", Code::kUnsupported)));
}

TEST_F(WalkTargetTest, AnImageThatNamesNoManifestIsAnError) {
  WriteTestFile(folder_ / "image/oci-layout", "{}");
  WriteTestFile(folder_ / "image/index.json", R"({"manifests":[]})");
  EXPECT_THAT(Walk(folder_ / "image").type, IsError(Code::kInvalidArgument));
}

TEST_F(WalkTargetTest, AWebApplicationsManifestIsNoImage) {
  WriteTestFile(folder_ / "root/manifest.json", R"({"name":"app"})");
  EXPECT_THAT(Walk(folder_ / "root").type, IsOkAnd(TargetType::kFolder));
}

TEST_F(WalkTargetTest, ArchivesThatLieTooDeepAreAProblem) {
  Bytes nested = TarBuilder().File("f", "x").Finish();
  for (int at = 0; at < 12; ++at) nested = TarBuilder().File("n", AsText(nested)).Finish();
  const Walked walked = WalkBytes(nested);
  EXPECT_THAT(walked.files, IsEmpty());
  EXPECT_THAT(walked.problems,
              ElementsAre(Pair(testing::EndsWith("!n!n"), Code::kResourceExhausted)));
}

TEST_F(WalkTargetTest, ABombInAnImageIsAProblemAndTheRestIsShown) {
  const Bytes bomb =
      Compress(Compression::kGzip, TarBuilder().File("z", std::string(8U << 20, '\0')).Finish());
  const Walked walked =
      WalkBytes(TarBuilder().File("bomb.tgz", AsText(bomb)).File("after", "x").Finish(),
                {.limits = {.ratio = 100, .ratio_free_bytes = 1U << 20}, .scratch = {}});
  EXPECT_THAT(walked.problems, ElementsAre(Pair("bomb.tgz", Code::kResourceExhausted)));
  EXPECT_THAT(walked.files, ElementsAre(Pair("after", "x")));
}

TEST_F(WalkTargetTest, AFolderThatCannotBeReadIsAProblem) {
  WriteTestFile(folder_ / "root/closed/file", "x");
  std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(folder_ / "root/closed", std::filesystem::perms::none);
  const uid_t self = ::geteuid();
  if (self == 0) {
    ASSERT_EQ(::seteuid(kNobody), 0);  // the superuser reads everything
  }
  const Walked walked = Walk(folder_ / "root");
  if (self == 0) {
    ASSERT_EQ(::seteuid(self), 0);
  }
  EXPECT_THAT(walked.problems, ElementsAre(Pair("closed", Code::kStorage)));
  std::filesystem::permissions(folder_ / "root/closed", std::filesystem::perms::owner_all);
}

TEST_F(WalkTargetTest, ALoopOfSymbolicLinksEnds) {
  WriteTestFile(folder_ / "root/d/file", "x");
  RunShell(folder_ / "root", "ln -s .. d/up; ln -s self self");
  EXPECT_THAT(Walk(folder_ / "root").files, ElementsAre(Pair("d/file", "x")));
}

}  // namespace
}  // namespace vallum::scan
