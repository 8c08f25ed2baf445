/** A part of a URL, decoded. A % that begins no escape stands for itself; what is no UTF-8 stays as it was written. */
export function decodeUrlPart(part: string): string {
  try {
    return decodeURIComponent(part.replace(/%(?![\da-f]{2})/gi, '%25'));
  } catch {
    return part;
  }
}
