; Cold start, interrupt vectors, bank switching.
	.module start
	.globl _main, _vblank

	hBank = 0xFFB8

	; The order of the areas: what has no address of its own follows the one before, so library code stays in bank 0.
	.area _CODE
	.area _HOME
	.area _BASE
	.area _INITIALIZER
	.area _GSINIT
	.area _GSFINAL
	.area _DATA
	.area _INITIALIZED
	.area _BSS

	.area _HEADER (ABS)
	.org 0x0020
	jp	(hl)			; rst 20h: call the address in HL
	.org 0x0040
	jp	_vblank
	.org 0x0048
	reti
	.org 0x0050
	reti
	.org 0x0058
	reti
	.org 0x0060
	reti
	.org 0x0100
	nop
	jp	start

	.org 0x0150
start:
	di
	ld	sp, #0xE000
	; The screen may only be switched off during vblank.
wait_off:
	ldh	a, (0xFF44)
	cp	#145
	jr	c, wait_off
	xor	a
	ldh	(0xFF40), a
	; Clear work RAM (8 KB), video RAM, object RAM and high RAM: nothing may depend on what was there.
	ld	hl, #0xC000
clear_work:
	xor	a
	ld	(hl+), a
	ld	a, h
	cp	#0xE0
	jr	nz, clear_work
	ld	hl, #0x8000
clear_video:
	xor	a
	ld	(hl+), a
	ld	a, h
	cp	#0xA0
	jr	nz, clear_video
	ld	hl, #0xFE00
clear_objects:
	xor	a
	ld	(hl+), a
	ld	a, l
	cp	#0xA0
	jr	nz, clear_objects
	ld	c, #0x80
clear_high:
	xor	a
	ldh	(c), a
	inc	c
	ld	a, c
	cp	#0xFF
	jr	nz, clear_high
	ld	a, #1
	ldh	(hBank), a
	ld	(0x2000), a
	call	copy_dma_routine
	jp	_main

copy_dma_routine:
	ld	hl, #dma_routine
	ld	c, #0x80
copy_dma_loop:
	ld	a, (hl+)
	ldh	(c), a
	inc	c
	ld	a, c
	cp	#0x8A
	jr	nz, copy_dma_loop
	ret
dma_routine:
	ld	a, #0xC3
	ldh	(0xFF46), a
	ld	a, #0x28
dma_wait:
	dec	a
	jr	nz, dma_wait
	ret

	.area _CODE
; ---------------------------------------------------------------- calls between banks
; E: bank, HL: function. Results in A, BC or DE come back untouched.
___sdcc_bcall_ehl::
	ldh	a, (hBank)
	push	af
	ld	a, e
	ldh	(hBank), a
	ld	(0x2000), a
	rst	0x20
	pop	hl
	ld	l, a
	ld	a, h
	ldh	(hBank), a
	ld	(0x2000), a
	ld	a, l
	ret

; A: bank. Only for code in bank 0.
_select_bank::
	ldh	(hBank), a
	ld	(0x2000), a
	ret

; Sleeps until the next vblank has passed.
_sleep_frame::
	ld	a, #1
	ldh	(0xFFD6), a
sleep_loop:
	halt
	nop
	ldh	a, (0xFFD6)
	and	a
	jr	nz, sleep_loop
	ret

	.area _DATA
; C000: 1 while play time counts. C001 (2): frames that the main program lived through; it stands still if the game hangs.
_play_time_runs::
	.ds	1
_main_ticks::
	.ds	2
