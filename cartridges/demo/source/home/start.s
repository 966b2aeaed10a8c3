; Cold start, interrupt vectors and what must be quick: the vblank handler, drawing the view, bank switching.
	.module start
	.globl _main

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
	jp	vblank
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
; ---------------------------------------------------------------- vblank
vblank:
	push	af
	push	bc
	push	de
	push	hl
	ldh	a, (0xFFAE)
	ldh	(0xFF43), a
	ldh	a, (0xFFAF)
	ldh	(0xFF42), a
	ldh	a, (0xFFB0)
	ldh	(0xFF4A), a
	call	transfer_third
	call	redraw_strip
	ldh	a, (0xFF40)
	rla
	call	c, 0xFF80		; object DMA, if the screen is on
	call	_random_mix
	ldh	a, (0xFFD5)		; frame counter: counts down to zero for whoever set it
	and	a
	jr	z, counter_done
	dec	a
	ldh	(0xFFD5), a
counter_done:
	ld	a, (_play_time_runs)
	and	a
	call	nz, count_play_time
	call	read_buttons
	xor	a
	ldh	(0xFFD6), a
	pop	hl
	pop	de
	pop	bc
	pop	af
	reti

; Copies six of the 18 rows of the tile map to the window's map: a third a frame.
transfer_third:
	ldh	a, (0xFFBA)
	and	a
	ret	z
	ld	(0xFFBF), sp
	ldh	a, (0xFFBB)
	and	a
	jr	z, third_top
	dec	a
	jr	z, third_middle
	ld	sp, #0xC3A0 + 240
	ld	hl, #0x9C00 + 384
	xor	a
	jr	third_go
third_top:
	ld	sp, #0xC3A0
	ld	hl, #0x9C00
	ld	a, #1
	jr	third_go
third_middle:
	ld	sp, #0xC3A0 + 120
	ld	hl, #0x9C00 + 192
	ld	a, #2
third_go:
	ldh	(0xFFBB), a
	ld	a, #6
third_row:
	.rept 9
	pop	de
	ld	(hl), e
	inc	l
	ld	(hl), d
	inc	l
	.endm
	pop	de
	ld	(hl), e
	inc	l
	ld	(hl), d
	ld	de, #13
	add	hl, de
	dec	a
	jr	nz, third_row
	ldh	a, (0xFFBF)
	ld	l, a
	ldh	a, (0xFFC0)
	ld	h, a
	ld	sp, hl
	ret

; Draws the two tile columns (mode 1) or rows (mode 2) that scroll into view.
redraw_strip:
	ldh	a, (0xFFD0)
	and	a
	ret	z
	ld	b, a
	xor	a
	ldh	(0xFFD0), a
	ldh	a, (0xFFD1)
	ld	l, a
	ldh	a, (0xFFD2)
	ld	h, a
	ld	de, #0xCBFC
	dec	b
	jr	nz, redraw_rows
	ld	c, #18
column_loop:
	ld	a, (de)
	ld	(hl+), a
	inc	de
	ld	a, (de)
	ld	(hl-), a
	inc	de
	ld	a, #32
	add	a, l
	ld	l, a
	jr	nc, column_next
	inc	h
	ld	a, h			; stay in the map at 9800-9BFF
	and	#0x9B
	ld	h, a
column_next:
	dec	c
	jr	nz, column_loop
	ret
redraw_rows:
	push	hl
	call	one_row
	pop	hl
	ld	a, #32
	add	a, l
	ld	l, a
	jr	nc, one_row
	inc	h
	ld	a, h
	and	#0x9B
	ld	h, a
one_row:
	ld	c, #20
row_loop:
	ld	a, (de)
	ld	(hl), a
	inc	de
	ld	a, l			; the next column, in a row of 32 that closes on itself
	inc	a
	and	#31
	ld	b, a
	ld	a, l
	and	#0xE0
	or	b
	ld	l, a
	dec	c
	jr	nz, row_loop
	ret

; Mixes the divider into the two random bytes, as every frame does.
_random_mix::
	ldh	a, (0xFF04)
	ld	b, a
	ldh	a, (0xFFD3)
	adc	a, b
	ldh	(0xFFD3), a
	ldh	a, (0xFF04)
	ld	b, a
	ldh	a, (0xFFD4)
	sbc	a, b
	ldh	(0xFFD4), a
	ret

; DA45 frames, DA44 seconds, DA43 minutes, DA41 hours; stops at 255 hours.
count_play_time:
	ld	hl, #0xDA45
	inc	(hl)
	ld	a, (hl)
	cp	#60
	ret	c
	xor	a
	ld	(hl-), a
	inc	(hl)
	ld	a, (hl)
	cp	#60
	ret	c
	xor	a
	ld	(hl-), a
	inc	(hl)
	ld	a, (hl)
	cp	#60
	ret	c
	xor	a
	ld	(hl), a
	ld	hl, #0xDA41
	inc	(hl)
	ret	nz
	dec	(hl)
	ld	a, #0xFF
	ld	(0xDA42), a
	ret

; Buttons as the game keeps them: A 1, B 2, SELECT 4, START 8, right 10h, left 20h, up 40h, down 80h.
read_buttons:
	ld	a, #0x20
	ldh	(0xFF00), a
	ldh	a, (0xFF00)
	ldh	a, (0xFF00)
	cpl
	and	#0x0F
	swap	a
	ld	b, a
	ld	a, #0x10
	ldh	(0xFF00), a
	ldh	a, (0xFF00)
	ldh	a, (0xFF00)
	ldh	a, (0xFF00)
	ldh	a, (0xFF00)
	cpl
	and	#0x0F
	or	b
	ldh	(0xFFF8), a
	ld	a, #0x30
	ldh	(0xFF00), a
	ret

; ---------------------------------------------------------------- the view of the map
; Draws the 6 by 5 blocks around the player into C508 (24 tiles wide) and copies the 20 by 18 tiles in sight to C3A0.
; It runs in the first frame of every step, so its loops are unrolled.
_build_view::
	ldh	a, (hBank)
	push	af
	ld	a, (0xD52B)
	ldh	(hBank), a
	ld	(0x2000), a
	ld	a, (0xD35F)
	ld	c, a
	ld	a, (0xD360)
	ld	b, a
	ld	de, #0xC508
	ld	a, #5
view_row:
	push	af
	.rept 6
	call	draw_block
	.endm
	ld	a, (0xD369)		; next row of blocks: map width plus the border of three on both sides
	add	a, c
	ld	c, a
	jr	nc, view_next
	inc	b
view_next:
	ld	a, #72
	add	a, e
	ld	e, a
	jr	nc, view_same_page
	inc	d
view_same_page:
	pop	af
	dec	a
	jr	nz, view_row
	pop	af
	ldh	(hBank), a
	ld	(0x2000), a

	ld	hl, #0xC508
	ld	a, (0xD363)
	and	a
	jr	z, view_even_row
	ld	bc, #48
	add	hl, bc
view_even_row:
	ld	a, (0xD364)
	and	a
	jr	z, view_even_column
	inc	hl
	inc	hl
view_even_column:
	ld	de, #0xC3A0
	ld	b, #18
view_copy_row:
	.rept 20
	ld	a, (hl+)
	ld	(de), a
	inc	de
	.endm
	ld	a, #4
	add	a, l
	ld	l, a
	jr	nc, view_copy_next
	inc	h
view_copy_next:
	dec	b
	jr	nz, view_copy_row
	ret

; BC: place of the block's number, DE: its place in C508. Both go on to the next block.
; Four tiles in a row never cross a page, because their place is a multiple of four.
draw_block:
	ld	a, (bc)
	inc	bc
	push	bc
	swap	a
	ld	c, a
	and	#0x0F
	ld	b, a
	ld	a, c
	and	#0xF0
	ld	hl, #0xD52C
	add	a, (hl)
	inc	hl
	ld	c, a
	ld	a, b
	adc	a, (hl)
	ld	h, a
	ld	l, c
	ld	b, #3
block_row:
	.rept 3
	ld	a, (hl+)
	ld	(de), a
	inc	e
	.endm
	ld	a, (hl+)
	ld	(de), a
	ld	a, #21
	add	a, e
	ld	e, a
	jr	nc, block_same_page
	inc	d
block_same_page:
	dec	b
	jr	nz, block_row
	.rept 3
	ld	a, (hl+)
	ld	(de), a
	inc	e
	.endm
	ld	a, (hl+)
	ld	(de), a
	ld	a, e			; back up three rows, and one tile on
	sub	#71
	ld	e, a
	jr	nc, block_done
	dec	d
block_done:
	pop	bc
	ret

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

; DE: place in video memory, BC: source, _video_tiles: how many tiles. Two bytes at a time, when the screen is in mode 0 or 1; what
; follows is mode 2 at the earliest, so there is time for both unless an interrupt comes between.
_copy_video_tiles::
	ld	h, b
	ld	l, c
video_tile:
	ld	b, #8
video_pair:
	di
video_wait:
	ldh	a, (0xFF41)
	and	#2
	jr	nz, video_wait
	ld	a, (hl+)
	ld	(de), a
	inc	e
	ld	a, (hl+)
	ld	(de), a
	ei
	inc	de
	dec	b
	jr	nz, video_pair
	ld	a, (_video_tiles)
	dec	a
	ld	(_video_tiles), a
	jr	nz, video_tile
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
_video_tiles::
	.ds	1
