/** Samples of a Prometheus text, by metric name. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? ([-+.\deE]+|NaN|[+-]?Inf)$/;

/** Reads the text format that our services write. */
export function parseMetrics(text: string): Sample[] {
  return text.split("\n").flatMap((row) => {
    const [, name, labels = "", value] = line.exec(row) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = "", text = ""]) => [key, text]);
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
  });
}

/** The sum of the samples of `name` whose labels satisfy `wanted`. */
export function total(samples: Sample[], name: string, wanted: (labels: Sample["labels"]) => boolean = () => true) {
  return samples.reduce((sum, sample) => (sample.name === name && wanted(sample.labels) ? sum + sample.value : sum), 0);
}
