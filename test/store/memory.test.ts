import { MemoryStore } from '../../src/store/memory.ts';
import { contract } from './contract.ts';

contract('memory', async () => new MemoryStore(() => Date.UTC(2024, 0, 1)));
