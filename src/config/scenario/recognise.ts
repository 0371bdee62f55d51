/** Whether a YAML text means to be a scenario rather than a pipeline: by its schema comment, else by its keys. */
export function isScenarioText(text: string): boolean {
  const schema = /^#\s*yaml-language-server:\s*\$schema=\S*?([a-z]+)\.schema\.json\s*$/m.exec(text)?.[1];
  if (schema !== undefined) return schema === 'scenario';
  return /^(source|rules)\s*:/m.test(text) && !/^(steps|symbols|groups)\s*:/m.test(text);
}
