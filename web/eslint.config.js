import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig([
  globalIgnores(['node_modules', 'src/protocol/messages.gen.ts', 'src/words/gen']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js', 'catalogue/write.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The arrows of docs/architecture.md: below ui/ nothing knows React; below call/ nothing knows the store.
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['socket.io-client'], message: 'Only protocol/SignalingClient.ts speaks Socket.IO.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/rtc/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                'react*',
                'zustand*',
                'socket.io-client',
                '**/protocol/SignalingClient',
                '**/call/*',
                '**/ui/*',
              ],
              message: 'rtc/ knows no React, no socket, no store.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/call/**', 'src/lib/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['react', 'react-dom', 'socket.io-client', '**/ui/*'],
              message: 'React is a thin skin: it stays in ui/.',
            },
          ],
        },
      ],
    },
  },
  { files: ['src/protocol/SignalingClient.ts'], rules: { 'no-restricted-imports': 'off' } },
  // Read as it is, before the page is painted: a script of its own, without types.
  {
    files: ['public/theme.js'],
    languageOptions: {
      parserOptions: { projectService: false },
      globals: { document: 'readonly', localStorage: 'readonly', matchMedia: 'readonly' },
    },
    extends: [tseslint.configs.disableTypeChecked],
  },
  {
    files: ['src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXText[value=/\\p{L}{2}/u]',
          message: 'Words stand in the catalogue: src/words.',
        },
        {
          selector:
            'JSXAttribute[name.name=/^(aria-label|title|alt|placeholder)$/] > Literal[value=/\\p{L}{2}/u]',
          message: 'Words stand in the catalogue: src/words.',
        },
        {
          selector: 'MemberExpression[object.name=/^(s|checkS)trings$/]:not(:function *)',
          message: 'Words are read when they are shown: the language may change.',
        },
      ],
    },
  },
  { files: ['eslint.config.js', 'catalogue/write.js'], extends: [tseslint.configs.disableTypeChecked] },
]);
