package dev.muster.planner.plan;

/**
 * The reducers that the platform brings, as one program for {@code python3}. It runs like any
 * command: measured, retried, and ended with its attempt. Sums of whole numbers are exact at any
 * size; others are added as fractions, so that neither the order nor the tree shows in the digits.
 */
final class BuiltinReducer {
  static final String SCRIPT =
      """
      import json, math, os
      from fractions import Fraction

      payload = os.environ["MUSTER_TASK_PAYLOAD"]
      with open(payload) as file:
          task = json.load(file)["_reduce"]
      first, last = task["level"] == 1, task["level"] == task["levels"]
      results, fields = 0, {}

      def add(name, count, total, low, high):
          known = fields.get(name)
          if known is None:
              fields[name] = [count, total, low, high]
          else:
              known[0] += count
              known[1] += total
              known[2] = min(known[2], low)
              known[3] = max(known[3], high)

      def exact(number):
          return number if isinstance(number, int) else Fraction(number)

      with open(os.path.join(os.path.dirname(payload), task["inputs"]["path"])) as lines:
          for line in lines:
              result = json.loads(line)["result"]
              if first:
                  results += 1
                  for name, value in result.items() if isinstance(result, dict) else ():
                      if type(value) is int or (type(value) is float and math.isfinite(value)):
                          add(name, 1, exact(value), value, value)
              else:
                  results += result["results"]
                  for name, (count, total, low, high) in result["fields"].items():
                      total = Fraction(total)
                      whole = total.denominator == 1
                      add(name, count, int(total) if whole else total, low, high)

      def shown(count, total, low, high):
          total = int(total) if Fraction(total).denominator == 1 else total
          whole = isinstance(total, int)
          value = {
              "count": lambda: count,
              "sum": lambda: total if whole else float(total),
              "mean": lambda: float(Fraction(total) / count),
              "min": lambda: low,
              "max": lambda: high,
          }[task["builtin"]]()
          return value

      if last:
          out = {name: shown(*known) for name, known in sorted(fields.items())}
          out = {"results": results, task["builtin"]: out}
      else:
          out = {
              "results": results,
              "fields": {n: [c, str(t), low, high] for n, (c, t, low, high) in fields.items()},
          }
      with open(os.environ["MUSTER_TASK_RESULT"], "w") as file:
          json.dump(out, file)
      """;

  private BuiltinReducer() {}
}
