/** Where a host is, seen from n8n. */
export type Reach = 'public' | 'private' | 'loopback' | 'linkLocal';

const depths: Readonly<Record<Reach, number>> = {
	public: 0,
	private: 1,
	loopback: 2,
	linkLocal: 3,
};

/** IPv4 addresses by their beginning. The last rows of link-local are where clouds serve the secrets of a machine. */
const reachOfIpv4: ReadonlyArray<readonly [RegExp, Reach]> = [
	[/^(127|0)\./, 'loopback'],
	[/^(169\.254\.|100\.100\.100\.200$|192\.0\.0\.192$)/, 'linkLocal'],
	[/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/, 'private'],
	[/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./, 'private'],
];
const reachOfIpv6: ReadonlyArray<readonly [RegExp, Reach]> = [
	[/^::1?$/, 'loopback'],
	[/^(fe[89ab][0-9a-f]:|fd00:ec2:)/, 'linkLocal'],
	[/^f[cd][0-9a-f]{2}:/, 'private'],
];
/** Names that no public host has. Source: RFC 6761, RFC 6762, RFC 8375; ICANN (internal). */
const reachOfName: ReadonlyArray<readonly [RegExp, Reach]> = [
	[/^(.+\.)?localhost$/, 'loopback'],
	[/^metadata(\.|$)/, 'linkLocal'],
	[/^(.+\.(local|internal|lan|home\.arpa)|[^.]+)$/, 'private'],
];

/** Where the host of a URL is, by its name or address alone: nothing is looked up. `hostname` is that of a parsed URL. */
export function reachOf(hostname: string): Reach {
	const host = hostname.toLowerCase().replace(/\.$/, '');
	const ipv4 = ipv4Of(host);
	if (ipv4 !== undefined) return firstMatch(reachOfIpv4, ipv4);
	if (host.startsWith('[')) return firstMatch(reachOfIpv6, host.slice(1, -1));
	return firstMatch(reachOfName, host);
}

/** Whether a key may go there without encryption: to this machine, or to an address of RFC 1918. A name may be anybody's in another network. */
export function mayGoUnencrypted(hostname: string): boolean {
	const host = hostname.toLowerCase();
	const reach = reachOf(host);
	if (reach === 'loopback') return ipv4Of(host) !== '0.0.0.0';
	const ipv4 = ipv4Of(host);
	return ipv4 !== undefined && reach === 'private' && !ipv4.startsWith('100.');
}

/** Whether a host must not lead to another: from outside to inside, or to a link-local address from anywhere. */
export function leadsInside(from: Reach, to: Reach): boolean {
	return to === 'linkLocal' || depths[to] > depths[from];
}

/** The IPv4 address of a host, also where it is written as IPv6; a parsed URL has it in four decimals. */
function ipv4Of(host: string): string | undefined {
	if (/^\d+(\.\d+){3}$/.test(host)) return host;
	const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(host) ?? [];
	if (high === undefined || low === undefined) return undefined;
	const words = [high, low].map((word) => parseInt(word, 16));
	return words.flatMap((word) => [word >> 8, word & 255]).join('.');
}

function firstMatch(rows: ReadonlyArray<readonly [RegExp, Reach]>, host: string): Reach {
	return rows.find(([pattern]) => pattern.test(host))?.[1] ?? 'public';
}
