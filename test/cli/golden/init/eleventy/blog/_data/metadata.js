export default {
	// title: "Not this one",
	title: "It's \"quoted\"",
	url: 'https://example.org/',
	language: "en",
	description: "I am writing about my experiences.",
	feedDescription: `${this.description}`,
	author: { name: "Ann", email: "ann@example.org" }
}
