; What happens sixty times a second, when the screen is not read: scrolling, tiles, objects, luck, the clock, the buttons.
	.module vblank
	.globl _play_time_runs

	.area _CODE
_vblank::
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
	call	transfer
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

; One thing a frame: a strip that scrolls into view, else tiles that wait, else a picture, else a third of the window.
transfer:
	ldh	a, (0xFFD0)
	and	a
	ret	nz
	ld	a, (_video_tiles)
	and	a
	jr	z, transfer_picture

; Copies up to eight of the tiles that wait, with the stack pointer as the source.
	ld	(0xFFBF), sp
	ld	c, a
	cp	#8
	jr	c, tiles_few
	ld	c, #8
tiles_few:
	sub	a, c
	ld	(_video_tiles), a
	ld	a, (_video_bank)
	ld	(0x2000), a
	ld	hl, #_video_from
	ld	a, (hl+)
	ld	h, (hl)
	ld	l, a
	ld	sp, hl
	ld	hl, #_video_to
	ld	a, (hl+)
	ld	h, (hl)
	ld	l, a
tile:
	.rept 8
	pop	de
	ld	a, e
	ld	(hl+), a
	ld	a, d
	ld	(hl+), a
	.endm
	dec	c
	jr	nz, tile
	ld	a, l
	ld	(_video_to), a
	ld	a, h
	ld	(_video_to + 1), a
	ld	(_video_from), sp
	ldh	a, (0xFFB8)
	ld	(0x2000), a
	jp	restore_stack

; Copies seven by seven codes of the tile map to the window's map, so that a picture comes and goes as a whole.
transfer_picture:
	ld	a, (_picture_waits)
	and	a
	jr	z, transfer_third
	xor	a
	ld	(_picture_waits), a
	ld	hl, #_picture_from
	ld	a, (hl+)
	ld	c, a
	ld	a, (hl+)
	ld	b, a
	ld	a, (hl+)
	ld	h, (hl)
	ld	l, a
	ld	a, #7
picture_row:
	push	af
	.rept 7
	ld	a, (bc)
	inc	bc
	ld	(hl+), a
	.endm
	ld	a, c
	add	a, #13
	ld	c, a
	jr	nc, picture_same_page
	inc	b
picture_same_page:
	ld	de, #25
	add	hl, de
	pop	af
	dec	a
	jr	nz, picture_row
	ret

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
restore_stack:
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

	.area _DATA
; Tiles that wait to be copied to video memory, see far_video_copy(): how many, from where, to where. 0: none.
_video_tiles::
	.ds	1
_video_bank::
	.ds	1
_video_from::
	.ds	2
_video_to::
	.ds	2
; A picture of seven by seven codes that waits, see send_picture(): its place in the tile map and in the window's map.
_picture_waits::
	.ds	1
_picture_from::
	.ds	2
_picture_to::
	.ds	2
