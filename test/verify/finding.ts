/** Something that n8n's review of community packages would object to. */
export interface Finding {
	what: string;
	/** The file, with line and column where there is one. */
	where: string;
	remedy: string;
}
