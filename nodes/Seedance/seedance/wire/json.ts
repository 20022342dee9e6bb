/** A text of JSON or a number of it; in a text, a number is none. */
const textOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** The value of a JSON text, or the text itself where it is none. Whole numbers that JavaScript would round come as text: some gateways have numeric IDs of 19 digits. */
export function readJson(text: string): unknown {
	try {
		const hasLongNumber = /\d{16}/.test(text);
		return JSON.parse(hasLongNumber ? text.replace(textOrNumber, exactly) : text);
	} catch {
		return text;
	}
}

function exactly(token: string): string {
	const isRounded = /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
	return isRounded ? `"${token}"` : token;
}
