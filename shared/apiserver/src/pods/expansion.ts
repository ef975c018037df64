/**
 * Replaces `$(NAME)` by the variable, leaves references to unknown variables as they are, and turns `$$` into `$`
 * (so `$$(NAME)` is the literal `$(NAME)`): the rules of a container's command, args and env values.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return "$";
    return variables.get(name) ?? whole;
  });
}
