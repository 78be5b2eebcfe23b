package dev.muster.cli.view;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables, progress lines and the demo's view. */
class TextTest {
  @Test
  void columnsAreAsWideAsTheirWidestCell() {
    String table = new Table(false, "job", "n").row("a", "1").row("longer", "22").render();

    assertThat(table).isEqualTo("JOB     N\na       1\nlonger  22\n");
  }

  @Test
  void longTextsAreCutByCharactersNotHalves() {
    assertThat(Table.cut("😀😀😀😀😀", 4)).isEqualTo("😀...");
    assertThat(Table.cut("short", 5)).isEqualTo("short");
  }

  @Test
  void progressCountsEveryTaskThatHasEnded() throws Exception {
    Json job =
        json("{'status':'running','counts':{'total':10,'succeeded':4,'failed':1,'running':2}}");

    assertThat(ProgressLine.of(job))
        .isEqualTo("[############------------]  50 % running  4/10, 1 failed, 2 running");
  }

  @Test
  void jobWithoutTasksYetHasNoProgress() throws Exception {
    assertThat(ProgressLine.of(json("{'status':'planning'}")))
        .isEqualTo("[------------------------]   0 % planning");
  }

  @Test
  void searchShowsWorkersAndTheBestScoreSoFar() throws Exception {
    var view = new SearchView();
    view.tasks(
        json("""
        [{'index':0,'status':'succeeded','worker':'w-1','latest_progress':{'validation_accuracy':0.91}},
         {'index':1,'status':'running','worker':'w-1','latest_progress':{'validation_accuracy':0.95}},
         {'index':2,'status':'running','worker':'w-2','latest_progress':null},
         {'index':3,'status':'pending','worker':null}]\
        """)
            .items());

    assertThat(view.oneLine())
        .isEqualTo("1 of 4 tasks succeeded, 2 running, best score 95.0 % (task 1)");
    assertThat(view.workers()).isEqualTo("w-1: 1, w-2: 1");
    assertThat(view.lines())
        .containsExactly(
            "[######------------------] 1 of 4 tasks succeeded, 2 running, best score 95.0 % (task 1)",
            "  w-1  * 1 running", "  w-2  * 1 running");
  }

  @Test
  void bestScoreSoFarNeverFalls() throws Exception {
    var view = new SearchView();
    view.progress(json("{'index':0,'latest_progress':{'validation_accuracy':0.95}}"));
    view.progress(json("{'index':0,'latest_progress':{'validation_accuracy':0.92}}"));

    assertThat(view.oneLine()).endsWith("best score 95.0 % (task 0)");
  }

  @Test
  void bestResultsComeFirst() throws Exception {
    List<Json> results =
        json("""
        [{'index':0,'result':{'validation_accuracy':0.9,'hidden':8}},
         {'index':1,'result':null},
         {'index':2,'result':{'validation_accuracy':0.97,'hidden':16}}]\
        """)
            .items();

    assertThat(SearchView.best(results).lines().skip(1).map(line -> line.replaceFirst(" .*", "")))
        .containsExactly("2", "0");
  }

  @Test
  void whatWasAddedUpIsATableUnderTheJob() throws Exception {
    String text =
        JobText.of(
            json(
                """
                {'job_id':'job_1','status':'completed','canonical_state':'COMPLETED',
                 'stop_reason':'The mean of pi is known.',
                 'aggregates':{'series':[
                   {'field':'pi','variant':null,'count':30,'mean':3.14,'interval':[3.1,3.2],
                    'min':{'value':3,'index':7},'max':{'value':3.3,'index':2}},
                   {'field':'pi','variant':'b','count':1,'mean':3,'interval':null,
                    'min':{'value':3,'index':7},'max':{'value':3,'index':7}}]}}\
                """),
            false);

    assertThat(text).contains("Stopped     The mean of pi is known.");
    assertThat(text.lines().map(line -> line.replaceAll(" +", " ").strip()))
        .endsWith(
            "FIELD OF COUNT MEAN 95 % INTERVAL MIN MAX",
            "pi all 30 3.14000 3.10000 to 3.20000 3.00000 (task 7) 3.30000 (task 2)",
            "pi b 1 3.00000 - 3.00000 (task 7) 3.00000 (task 7)");
  }

  private static Json json(String text) throws Exception {
    return JsonText.parse(text.replace('\'', '"').getBytes(UTF_8));
  }
}
