/** Takes a seed from 1 and gives the same random numbers from 0 to below 1 each time. Source: Park and Miller, "Random number generators: good ones are hard to find". */
export function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state * 16_807) % 2_147_483_647;
		return state / 2_147_483_647;
	};
}
