/** A column's name as SQL writes it. */
export const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;

/** A full name as SQL writes it. */
export const quotedName = (fullName: string): string => fullName.split(".").map(quoted).join(".");
