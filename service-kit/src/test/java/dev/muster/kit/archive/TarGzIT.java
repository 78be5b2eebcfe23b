package dev.muster.kit.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Archives on a real disk: honest ones come out as they were, hostile ones leave nothing outside.
 */
class TarGzIT {
  @TempDir Path scratch;

  @Test
  void honestArchiveComesOutAsItWas() throws IOException {
    byte[] archive =
        new Archives()
            .folder("./")
            .folder("src/")
            .file("src/train.py", "print(1)", 0644)
            .file("run.sh", "#!/bin/sh", 0755)
            .file("deep/er/é.txt", "", 0600)
            .bytes();

    Path folder = unpack(archive);

    assertThat(folder.resolve("src/train.py")).hasContent("print(1)");
    assertThat(Files.isExecutable(folder.resolve("run.sh"))).isTrue();
    assertThat(folder.resolve("deep/er/é.txt")).isEmptyFile();
  }

  @Test
  void hostileArchivesAreRefusedAndNothingLeavesTheFolder() throws IOException {
    Map<String, byte[]> hostile = new LinkedHashMap<>();
    hostile.put("parent", new Archives().file("../out", "x", 0644).bytes());
    hostile.put("deep parent", new Archives().file("a/b/../../../out", "x", 0644).bytes());
    hostile.put("absolute", new Archives().file("/absolute-out", "x", 0644).bytes());
    hostile.put("symbolic link", new Archives().link("l", "..", TarConstants.LF_SYMLINK).bytes());
    hostile.put(
        "write through a link",
        new Archives()
            .link("l", scratch.toString(), TarConstants.LF_SYMLINK)
            .file("l/out", "x", 0644)
            .bytes());
    hostile.put(
        "hard link", new Archives().link("h", "/etc/hostname", TarConstants.LF_LINK).bytes());
    hostile.put("fifo", new Archives().link("f", "", TarConstants.LF_FIFO).bytes());
    hostile.put("character device", new Archives().link("c", "", TarConstants.LF_CHR).bytes());
    hostile.put("block device", new Archives().link("b", "", TarConstants.LF_BLK).bytes());
    hostile.put("set-user-id", new Archives().file("s", "x", 04755).bytes());
    hostile.put("twice", new Archives().file("a", "1", 0644).file("a", "2", 0644).bytes());
    hostile.put("case twins", new Archives().file("a", "1", 0644).file("A", "2", 0644).bytes());
    hostile.put(
        "file as folder", new Archives().file("a", "1", 0644).file("a/b", "2", 0644).bytes());
    hostile.put("git hook", new Archives().file(".git/hooks/x", "x", 0755).bytes());
    hostile.put("nested git hook", new Archives().file("sub/.git/hooks/x", "x", 0755).bytes());
    hostile.put(
        "composed twins",
        new Archives().file("\u00e9", "1", 0644).file("e\u0301", "2", 0644).bytes());
    hostile.put("line break", new Archives().file("a\nb", "x", 0644).bytes());
    hostile.put("backslash", new Archives().file("..\\x", "x", 0644).bytes());
    hostile.put("bomb", new Archives().file("zeros", "\0".repeat(40_000_000), 0644).bytes());
    hostile.put("no archive", "hello".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    hostile.put("nothing", new byte[0]);
    byte[] whole = new Archives().file("a", "x".repeat(10_000), 0644).bytes();
    hostile.put("torn", Arrays.copyOf(whole, whole.length / 2));

    hostile.forEach((name, archive) ->
        assertThatThrownBy(() -> unpack(archive))
            .as(name)
            .isInstanceOf(HostileArchiveException.class));

    assertThat(scratch.resolve("out")).doesNotExist();
    assertThat(Path.of("/absolute-out")).doesNotExist();
  }

  private Path unpack(byte[] archive) throws IOException {
    Path folder = Files.createTempDirectory(scratch, "unpacked");
    TarGz.unpack(
        new ByteArrayInputStream(archive), archive.length, ArchiveRules.Limits.DEFAULT, folder);
    return folder;
  }
}
