import { leadsInside, mayGoUnencrypted, reachOf } from '../../../nodes/Seedance/seedance/address';

/** As a parsed URL has it. */
const hostOf = (host: string) => new URL(`http://${host}/`).hostname;

test.each([
	...[
		'example.com',
		'8.8.8.8',
		'172.32.0.1',
		'10.example.com',
		'[2001:db8::1]',
		'1.127.0.0.example',
	].map((host) => ['public', host]),
	...['10.1.2.3', '192.168.0.4', '172.16.0.1', '100.64.0.1', '[fd00::1]', '[::ffff:10.0.0.1]'].map(
		(host) => ['private', host],
	),
	...['ai', 'gpu.local', 'minio.internal', 'nas.lan'].map((host) => ['private', host]),
	...[
		'localhost',
		'LOCALHOST.',
		'a.localhost',
		'127.0.0.1',
		'127.1',
		'0x7f000001',
		'2130706433',
	].map((host) => ['loopback', host]),
	...['[::1]', '[::]', '0.0.0.0', '[::ffff:127.0.0.1]'].map((host) => ['loopback', host]),
	...[
		'169.254.169.254',
		'[fe80::1]',
		'[fd00:ec2::254]',
		'metadata.google.internal',
		'metadata',
	].map((host) => ['linkLocal', host]),
	...['100.100.100.200', '[::ffff:169.254.169.254]'].map((host) => ['linkLocal', host]),
])('the reach is %s: %s', (reach, host) => {
	expect(reachOf(hostOf(host))).toBe(reach);
});

test.each([
	'localhost',
	'127.0.0.1',
	'[::1]',
	'10.1.2.3',
	'192.168.0.4',
	'172.16.0.1',
	'172.31.255.1',
])('%s may go unencrypted', (host) => {
	expect(mayGoUnencrypted(hostOf(host))).toBe(true);
});

test.each([
	...['example.com', 'ai', 'gpu.local', 'minio.internal', '[fd00:ec2::254]', '[fd00::1]'],
	...['100.64.0.1', '169.254.169.254', '0.0.0.0', '172.32.0.1'],
])('%s may not go unencrypted', (host) => {
	expect(mayGoUnencrypted(hostOf(host))).toBe(false);
});

test.each([
	[false, 'public', 'public'],
	[true, 'public', 'private'],
	[true, 'public', 'loopback'],
	[true, 'private', 'loopback'],
	[false, 'private', 'private'],
	[false, 'loopback', 'loopback'],
	[false, 'loopback', 'private'],
	[false, 'private', 'public'],
	[true, 'loopback', 'linkLocal'],
	[true, 'linkLocal', 'linkLocal'],
] as const)('it is %s that a %s host must not lead to a %s one', (leads, from, to) => {
	expect(leadsInside(from, to)).toBe(leads);
});
